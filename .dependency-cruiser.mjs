// Imports point one way (docs/architecture.md). A planted violation in e2e/house.test.ts keeps this file honest.
const rooms = '^packages/';
/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphan-resolution',
      comment: 'An import that does not resolve.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'client-stands-alone',
      severity: 'error',
      from: { path: `${rooms}qumulo-client/` },
      to: { path: `${rooms}(?!qumulo-client/)` },
    },
    {
      name: 'emulator-imports-wire-types-only',
      severity: 'error',
      from: { path: `${rooms}qumulo-emulator/src/` },
      to: { path: `${rooms}(?!qumulo-emulator/)`, pathNot: `${rooms}qumulo-client/src/(index|wire/)` },
    },
    {
      name: 'emulator-has-no-client-code',
      comment: 'Types of the wire only: the emulator must never share behaviour with our client.',
      severity: 'error',
      from: { path: `${rooms}qumulo-emulator/src/` },
      to: {
        path: `${rooms}qumulo-client/src/`,
        dependencyTypesNot: ['type-only'],
        pathNot: `${rooms}qumulo-client/src/wire/`,
      },
    },
    {
      name: 'engine-imports-client-only',
      severity: 'error',
      from: { path: `${rooms}engine/src/` },
      to: { path: `${rooms}(?!engine/|qumulo-client/)` },
    },
    {
      name: 'nobody-imports-the-cli',
      severity: 'error',
      from: { path: `${rooms}(?!cli/)` },
      to: { path: `${rooms}cli/` },
    },
    {
      name: 'packages-by-their-front-door',
      comment: 'Another package is imported by its name, never by a file inside it.',
      severity: 'error',
      from: { path: `${rooms}([^/]+)/` },
      to: { path: `${rooms}(?!$1/)[^/]+/src/(?!index\\.ts$|wire/)` },
    },
    {
      name: 'domain-knows-no-adapter',
      comment: 'Domain folders of the engine know no HTTP, no SQL, no Redis.',
      severity: 'error',
      from: { path: `${rooms}engine/src/(?!stores/|index\\.ts|open)` },
      to: { path: `${rooms}engine/src/stores/(sqlite|redis)/` },
    },
    {
      name: 'sql-in-stores-only',
      severity: 'error',
      from: { path: `${rooms}engine/src/(?!stores/)` },
      to: { path: '^(node:)?sqlite$' },
    },
    {
      name: 'emulator-fs-knows-no-http',
      severity: 'error',
      from: { path: `${rooms}qumulo-emulator/src/(fs|identity)/` },
      to: { path: `${rooms}qumulo-emulator/src/(http|operations)/|^(node:)?https?$` },
    },
    {
      name: 'source-imports-no-tests',
      severity: 'error',
      from: { path: `${rooms}[^/]+/src/`, pathNot: '\\.test\\.ts$' },
      to: { path: '/test/|\\.test\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['qwarden-source', 'types', 'import', 'default'],
    },
  },
};
