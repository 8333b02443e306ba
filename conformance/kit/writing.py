"""docs/conformance.md and the summary that `npm test` reads. Sorted, and without times, ports and ids."""

from pathlib import Path
from typing import Any, Dict, Iterable, List

from kit.verdict import NOT_BUILT, WORKS, Case, Verdicts

HEAD = """\
# Conformance

Made by `npm run conformance`; do not edit. It drives the emulator with the official Python SDK and the `qq` command
line (`qumulo-api` 7.10.2.1), and with requests of our own for what other public programs rely on (`api/FACTS.md` 13 and 14).

- **works**: a test called it against the emulator and checked what the answer means.
- **501 by design**: the emulator answers 501 by name; a test saw it.
- **differs**: a test fails, in the way that `conformance/expected.json` says.
- **not exercised**: no test calls it, for the reason given.

The same tests run against a real cluster: `QWARDEN_CONFORMANCE_HOST=… QWARDEN_CONFORMANCE_DIRECTORY=/scratch npm run conformance`.
"""


def _cell(text: str) -> str:
    return text.replace('|', '\\|').replace('\n', ' ')


def _tests(names: Iterable[str]) -> str:
    return ', '.join(f'`{name}`' for name in dict.fromkeys(name.split('::')[-1].split('[')[0] for name in names))


def _table(verdicts: Verdicts, kind: str, heading: str) -> List[str]:
    lines = [f'## {heading}', '', '| name | verdict | checked by |', '|---|---|---|']
    for (of_kind, name), verdict in sorted(verdicts.of.items()):
        if of_kind != kind:
            continue
        said = verdict.verdict + (f': {verdict.why}' if verdict.why else '')
        lines.append(f'| `{name}` | {_cell(said)} | {_tests(verdict.cases)} |')
    return [*lines, '']


def _wire(cases: Iterable[Case]) -> List[str]:
    lines = [
        '## What public programs rely on',
        '',
        '| program | relies on | verdict | checked by |',
        '|---|---|---|---|',
    ]
    rows = []
    for case in cases:
        said = (
            'differs'
            if case.failed
            else NOT_BUILT
            if case.expected_failure
            else WORKS
            if case.passed
            else 'not exercised'
        )
        rows += [
            f'| {_cell(program)} | {_cell(fact)} | {said} | {_tests([case.name])} |' for program, fact in case.relied_on
        ]
    return [*lines, *sorted(rows), '']


def write_document(path: Path, cases: Iterable[Case], verdicts: Verdicts) -> None:
    lines = [HEAD, verdicts.totals().replace('; ', '.\n') + '.', '']
    lines += _table(verdicts, 'sdk', 'SDK functions')
    lines += _table(verdicts, 'qq', 'qq commands')
    lines += _wire(cases)
    path.write_text('\n'.join(lines))


def summary_json(cases: Iterable[Case], verdicts: Verdicts, unexpected: List[str]) -> Dict[str, Any]:
    """`passed`, `failed`, `skipped` add up to the tests, plus one failure per verdict that nobody expected and no test failed for."""
    all_cases = list(cases)
    failed = [case.name for case in all_cases if case.failed]
    passed = sum(1 for case in all_cases if not case.failed and (case.passed or case.expected_failure))
    without_test = [line for line in unexpected if '(see ' not in line]
    return {
        'passed': passed,
        'failed': len(failed) + len(without_test),
        'skipped': len(all_cases) - len(failed) - passed,
        'failures': sorted(failed) + without_test,
        'verdicts': verdicts.totals(),
    }
