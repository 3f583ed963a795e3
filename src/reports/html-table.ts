/** A titled section with a table; the cells are HTML already. */
export function table(
  id: string,
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  after = '',
): string {
  if (rows.length === 0)
    return `<section id="${id}"><h2>${title}</h2><p>None.</p>${after}</section>`;
  const head = heads.map((name) => `<th scope="col">${name}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<section id="${id}"><h2>${title}</h2>
<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></div>${after}</section>`;
}
