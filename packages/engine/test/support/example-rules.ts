/** The example of the reference: every kind of thing that a rule file is for. */
export const EXAMPLE = `version: 1
defaults: { settle: 15s }
rules:
  - name: lock finished records
    on: [created, written, moved-in]
    where: { under: /records, not: { name: ["*.part", "~$*"] } }
    settle: 30s
    do:
      - lock: { retention: 7y, legal_hold: false }
  - name: quarantine executables
    on: [created, moved-in, renamed]
    where: { all: [{ under: /shares }, { any: [{ extension: [.exe, .zip, .mp4] }, { name: "*setup*" }] }] }
    settle: 0s
    do:
      - quarantine: { to: /quarantine }
      - webhook: { url: "https://chat.example.com/hook", format: slack, text: "{{path}} quarantined" }
  - name: canaries
    on: [written, removed, renamed]
    where: { path: "/shares/**/.canary*" }
    do:
      - all-stop: { confirm: true, scope: cluster }
  - name: stamp incoming
    on: [created, moved-in]
    where: { under: /incoming, extension: .csv, not: { name: "done-*" } }
    do:
      - rename: { to: "done-{{name}}" }
      - permissions: { mode: "0640" }
      - run: { command: ["/usr/local/bin/ingest", "{{path}}"], timeout: 30s }
`;
