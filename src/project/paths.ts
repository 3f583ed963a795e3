/** Folder of a tree path: `` for a file at the root. */
export function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
}

/** A relative path as seen from a folder; steps above the root stay at the root. */
export function joined(folder: string, to: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of to.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** Whether a file is the folder's, at any depth; everything is the root's. */
export function isWithin(file: string, folder: string): boolean {
  return folder === '' || file === folder || file.startsWith(`${folder}/`);
}

/** Files behind the first ones by their imports, nearest first; `cap` bounds the reading of large projects. */
export function reachable(
  first: readonly string[],
  importsOf: (file: string) => readonly string[],
  cap = 400,
): string[] {
  const seen = new Set(first);
  for (const file of seen) {
    if (seen.size > cap) break;
    for (const next of importsOf(file)) seen.add(next);
  }
  return [...seen];
}
