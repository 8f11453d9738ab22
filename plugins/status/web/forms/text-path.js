// @ts-check
/**
 * Where the texts of a path are found: `*` stands for keys that the operator chose, and for positions.
 *
 * @param {import('./model.js').Model | undefined} model
 * @param {import('./values.js').Path} path
 * @returns {string[]}
 */
export function textPath(model, path) {
  const [step, ...rest] = path
  if (step === undefined) return []
  switch (model?.kind) {
    case 'group':
      return [String(step), ...textPath(model.fields[String(step)], rest)]
    case 'map':
      return ['*', ...textPath(model.value, rest)]
    case 'items':
    case 'lines':
      return ['*', ...textPath(model.item, rest)]
    case 'variants': {
      const form = model.variants.find(
        ({ model: variant }) => variant.kind === 'group' && Object.hasOwn(variant.fields, String(step)),
      )
      return textPath(form?.model, path)
    }
    default:
      return path.map(String)
  }
}
