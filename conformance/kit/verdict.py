"""From what the tests did to one verdict per SDK function and qq command."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Iterable, List, Tuple

from kit import catalogue

Claim = Tuple[str, str]
WORKS = 'works'
NOT_BUILT = '501 by design'
DIFFERS = 'differs'
NOT_EXERCISED = 'not exercised'


@dataclass(frozen=True)
class ExpectedVerdict:
    verdict: str
    why: str


Expected = Dict[Claim, ExpectedVerdict]


def load_expected(path: Path) -> Expected:
    """expected.json: {"sdk" | "qq" | "wire": [{"verdict", "why", "names": [...]}]}; anything not named there works."""
    expected: Expected = {}
    for kind, groups in json.loads(path.read_text()).items():
        for group in groups:
            if group['verdict'] not in (NOT_BUILT, DIFFERS, NOT_EXERCISED):
                raise ValueError(f'{path}: verdict "{group["verdict"]}" is none of those that may be expected')
            for name in group['names']:
                if (kind, name) in expected:
                    raise ValueError(f'{path}: {kind} {name} is there twice')
                expected[(kind, name)] = ExpectedVerdict(group['verdict'], group['why'])
    return expected


@dataclass
class Case:
    """One test, over its set-up, call and tear-down."""

    nodeid: str
    claims: List[Claim] = field(default_factory=list)
    relied_on: List[Tuple[str, str]] = field(default_factory=list)
    passed: bool = False
    failed: bool = False
    skipped: bool = False
    expected_failure: bool = False
    not_built: bool = False

    def add(self, outcome: str, expected_failure: bool, not_built: bool) -> None:
        self.not_built |= not_built
        if expected_failure:
            self.expected_failure = True
        elif outcome == 'failed':
            self.failed = True
        elif outcome == 'skipped':
            self.skipped = True
        else:
            self.passed = True

    @property
    def name(self) -> str:
        """`file::test` without the folder, the same on every machine."""
        return self.nodeid.split('conformance/')[-1]


@dataclass(frozen=True)
class Verdict:
    verdict: str
    why: str
    cases: Tuple[str, ...]


@dataclass
class Verdicts:
    of: Dict[Claim, Verdict]
    #: One line for each verdict that expected.json does not have.
    unexpected: List[str]

    def totals(self) -> str:
        parts = []
        for kind, what in (('sdk', 'SDK functions'), ('qq', 'qq commands')):
            count = Counter(v.verdict for (k, _), v in self.of.items() if k == kind)
            parts.append(
                f'{what}: '
                + ', '.join(f'{count[v]} {v}' for v in (WORKS, NOT_BUILT, DIFFERS, NOT_EXERCISED) if count[v])
            )
        return '; '.join(parts)


def _judge_one(cases: List[Case]) -> str:
    if any(case.failed for case in cases):
        return DIFFERS
    expected = [case for case in cases if case.expected_failure]
    if expected:
        return NOT_BUILT if all(case.not_built for case in expected) else DIFFERS
    return WORKS if any(case.passed for case in cases) else NOT_EXERCISED


def judge(all_cases: Iterable[Case], expected: Expected) -> Verdicts:
    by_claim: Dict[Claim, List[Case]] = {}
    for case in all_cases:
        for claim in case.claims:
            by_claim.setdefault(claim, []).append(case)
    names = [('sdk', name) for name in catalogue.sdk_functions()] + [('qq', name) for name in catalogue.qq_commands()]
    verdicts: Dict[Claim, Verdict] = {}
    unexpected = []
    for claim in names:
        cases = sorted(by_claim.get(claim, []), key=lambda case: case.name)
        verdict = _judge_one(cases)
        wanted = expected[claim].verdict if claim in expected else WORKS
        failing = [case.name for case in cases if case.failed]
        if verdict != wanted:
            why = f'see {", ".join(failing)}' if failing else f'expected: {wanted}'
            unexpected.append(f'{claim[0]} {claim[1]}: {verdict} ({why})')
        else:
            why = expected[claim].why if claim in expected else ''
        verdicts[claim] = Verdict(verdict, why, tuple(case.name for case in cases))
    unknown = sorted(claim for claim in expected if claim not in verdicts and claim not in by_claim)
    unexpected += [f'{kind} {name}: in expected.json, but there is no such thing' for kind, name in unknown]
    return Verdicts(verdicts, unexpected)
