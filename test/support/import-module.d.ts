/** A module of the web page. Its types are checked with the page; here it is what the caller says. */
export function importModule<Module>(file: string): Promise<Module>
