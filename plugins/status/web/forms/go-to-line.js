// @ts-check
/** Selects a line of a long text, and has it in sight. @param {HTMLTextAreaElement} control @param {number} line Counted from 1. */
export function goToLine(control, line) {
  const lines = control.value.split('\n')
  const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
  control.focus()
  control.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
  control.scrollTop = (control.scrollHeight / lines.length) * Math.max(0, line - 5)
}
