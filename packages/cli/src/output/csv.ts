/**
 * One line of CSV (RFC 4180). A text that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, tab or CR in front) gets
 * a leading apostrophe and is quoted: file names are hostile input.
 */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return safe !== value || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
