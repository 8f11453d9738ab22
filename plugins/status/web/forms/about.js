// @ts-check
/**
 * What a button is called where its text alone does not say what it is about. The text is a part of it, so that who
 * speaks to the browser can say what they see.
 *
 * @param {string} text
 * @param {string} name
 */
export const about = (text, name) => `${text}: ${name}`
