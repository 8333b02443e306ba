import { describe, expect, it } from 'vitest';
import type { ActionInput } from '../../src/actions/port.ts';
import { render, templateProblem, variablesIn } from '../../src/actions/template/template.ts';
import { templateValues } from '../../src/actions/template/variables.ts';

function input(path: string): Pick<ActionInput<unknown>, 'change' | 'subject' | 'job'> {
  return {
    subject: { fileId: '1003', path },
    change: {
      id: '1.0',
      type: 'child_file_renamed',
      fileId: '1003',
      path,
      movedFrom: '/old/a.csv',
      kind: 'file',
      stream: null,
      at: Date.UTC(2031, 0, 5, 7, 8, 9),
      lineage: 0,
    },
    job: {
      key: 'stamp\u00001003',
      match: '1.0/stamp',
      rule: 'stamp',
      step: 0,
      attempt: 1,
      changedAt: 0,
      armedAt: 0,
      settleMs: 0,
      fresh: true,
    },
  };
}

describe('templates', () => {
  it('name the file and its change', () => {
    const values = templateValues(input('/in/2031/report.final.csv'));
    const text = render(
      '{{stem}}|{{ext}}|{{name}}|{{ directory }}|{{date}}T{{time}}|{{moved_from}}|{{hash8}}|{{job}}',
      values,
    );
    expect(text).toBe('report.final|.csv|report.final.csv|/in/2031|2031-01-05T070809|/old/a.csv|8c9a013a|stamp/1003');
  });

  it.each([
    ['/.bashrc', '.bashrc', '', '/'],
    ['/a/name.', 'name', '.', '/a'],
    ['/a/none', 'none', '', '/a'],
    ['/a/{{path}}', '{{path}}', '', '/a'],
  ])('take %s apart', (path, stem, ext, directory) => {
    expect(templateValues(input(path))).toMatchObject({ stem, ext, directory });
  });

  it('tell where the file was matched, also after a step that moved it', () => {
    const moved = { ...input('/in/a.exe'), subject: { fileId: '1003', path: '/quarantine/2031-01-05/1003-1/a.exe' } };
    const text = render('{{matched_path}} is at {{path}}', templateValues(moved));
    expect(text).toBe('/in/a.exe is at /quarantine/2031-01-05/1003-1/a.exe');
  });

  it('do not take text of a file name for a template', () => {
    expect(render('x-{{name}}', templateValues(input('/a/{{rule}}.csv')))).toBe('x-{{rule}}.csv');
  });

  it('are checked: unknown variables, half braces', () => {
    expect(templateProblem('done-{{nmae}}')).toMatch(/^\{\{nmae\}\} is not known; .*\{\{name\}\}/);
    expect(templateProblem('done-{{name')).toMatch(/without its counterpart/);
    expect(templateProblem('{{name}}{{ext}} }')).toBeUndefined();
    expect([...variablesIn('{{name}}-{{name}}{{ext}}')]).toEqual(['name', 'ext']);
  });
});
