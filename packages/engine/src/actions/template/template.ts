import { TEMPLATE_VARIABLES, type TemplateValues, type TemplateVariable } from './variables.ts';

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What is wrong with a template, in words; undefined when nothing is. */
export function templateProblem(template: string): string | undefined {
  for (const [place, variable] of template.matchAll(PLACE)) {
    if (variable !== undefined && isVariable(variable)) continue;
    return `${place} is not known; a template may name ${Object.keys(TEMPLATE_VARIABLES)
      .map((known) => `{{${known}}}`)
      .join(' ')}`;
  }
  const rest = template.replaceAll(PLACE, '');
  if (rest.includes('{{') || rest.includes('}}')) return 'it has a {{ or }} without its counterpart';
  return undefined;
}

/** The template with its values. It must have been checked: an unknown variable stays as it is. */
export function render(template: string, values: TemplateValues): string {
  return template.replaceAll(PLACE, (place, variable: string) => (isVariable(variable) ? values[variable] : place));
}

/** Which variables it names. */
export function variablesIn(template: string): ReadonlySet<TemplateVariable> {
  const named = new Set<TemplateVariable>();
  for (const [, variable] of template.matchAll(PLACE))
    if (variable !== undefined && isVariable(variable)) named.add(variable);
  return named;
}

function isVariable(word: string): word is TemplateVariable {
  return Object.hasOwn(TEMPLATE_VARIABLES, word);
}
