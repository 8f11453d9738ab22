// @ts-check
/** `listen.other[0]`, as the messages of the gateway write it. @param {import('./values.js').Path} path */
export const formatPath = (path) =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')
