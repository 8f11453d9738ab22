// @ts-check
/** @type {import('../texts.js').Texts} */
export const advanced = {
  en: {
    'advanced.text': 'The file itself',
    'advanced.textIntro':
      'All settings of these pages are in config/gateway.yaml. It can be edited here or with any editor on the machine; comments are kept either way. Keys and passwords are not in it.',
    'advanced.textLabel': 'gateway.yaml',
    'advanced.textDraft': 'There are changes on other pages that are not saved. Save or discard them first.',
    'advanced.save': 'Save the file',
    'advanced.note': 'Note for the history',
    'advanced.wrong': 'The file was not saved:',
    'advanced.line': 'Line {line}: {message}',
    'advanced.conflict': 'The file was changed meanwhile. Copy what you need, and load it again.',
    'advanced.open': 'Edit gateway.yaml',
    'advanced.leaveTitle': 'Leave without saving?',
    'advanced.leaveText': 'What you changed in the file will be lost.',
    'advanced.leave': 'Leave',
    'advanced.others': 'Other settings',
  },
  de: {
    'advanced.text': 'Die Datei selbst',
    'advanced.textIntro':
      'Alle Einstellungen dieser Seiten stehen in config/gateway.yaml. Die Datei lässt sich hier oder mit jedem Editor auf dem Rechner bearbeiten; Kommentare bleiben so oder so erhalten. Schlüssel und Passwörter stehen nicht darin.',
    'advanced.textLabel': 'gateway.yaml',
    'advanced.textDraft':
      'Auf anderen Seiten gibt es nicht gespeicherte Änderungen. Bitte zuerst speichern oder verwerfen.',
    'advanced.save': 'Datei speichern',
    'advanced.note': 'Notiz für den Verlauf',
    'advanced.wrong': 'Die Datei wurde nicht gespeichert:',
    'advanced.line': 'Zeile {line}: {message}',
    'advanced.conflict':
      'Die Datei wurde inzwischen geändert. Sichern Sie, was Sie brauchen, und laden Sie sie neu.',
    'advanced.open': 'gateway.yaml bearbeiten',
    'advanced.leaveTitle': 'Ohne Speichern verlassen?',
    'advanced.leaveText': 'Was Sie in der Datei geändert haben, geht verloren.',
    'advanced.leave': 'Verlassen',
    'advanced.others': 'Sonstige Einstellungen',
  },
}
