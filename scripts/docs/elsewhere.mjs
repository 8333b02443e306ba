// Pages whose commands are not run as they stand, since they need a machine of their own or change this one: what they say is tried by other tests.

/** By page, the test that does what its commands do. */
export const TRIED_ELSEWHERE = new Map([
  ['docs/how-to/docker.md', 'needs Docker; the image is built and run by "npm run test:deploy -- image"'],
  ['docs/how-to/compose.md', 'needs Docker; "up" and "down" are run by "npm run test:deploy -- compose"'],
  [
    'docs/how-to/systemd.md',
    'changes the machine; the units are started in a container by "npm run test:deploy -- systemd"',
  ],
  [
    'docs/how-to/kubernetes.md',
    'needs a cluster of Kubernetes; the chart is installed and upgraded by "npm run test:kubernetes"',
  ],
  [
    'docs/how-to/install.md',
    'changes the machine; packages and tarball are installed elsewhere by "npm run test:deploy -- packages tarball"',
  ],
  ['docs/how-to/windows.md', 'needs Windows'],
  [
    'docs/how-to/observe.md',
    'needs a Prometheus; scrape and alerts are tried by "npm run test:deploy -- prometheus", the listener by e2e/observe.test.ts',
  ],
  [
    'docs/how-to/least-privilege.md',
    'needs qq and an administrator; roles and privileges are tried on the emulator by unit and conformance tests',
  ],
  [
    'docs/reference/privileges.md',
    'needs qq and an administrator; roles and privileges are tried on the emulator by unit and conformance tests',
  ],
]);

/** What a page takes for granted and does not say: hidden commands that come before its own. */
export const BEFORE = new Map([
  [
    'docs/how-to/doctor.md',
    [
      'cluster /records',
      String.raw`printf 'version: 1\nrules:\n  - name: lock\n    on: created\n    where: { under: /records }\n    do: [{ lock: { retention: 7y } }]\n' > rules.yml`,
    ],
  ],
]);
