import { render } from '../template/template.ts';
import { templateValues, type TemplateValues } from '../template/variables.ts';
import type { ActionInput } from '../port.ts';

/** The template with its values, each put through `quote` first: names of files must stay what they are where they end up. */
export function renderQuoted(
  template: string,
  input: Pick<ActionInput<unknown>, 'change' | 'subject' | 'job'>,
  quote: (value: string) => string,
): string {
  return render(template, mapValues(templateValues(input), quote));
}

function mapValues(values: TemplateValues, quote: (value: string) => string): TemplateValues {
  const quoted: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) quoted[name] = quote(value);
  return { ...values, ...quoted };
}
