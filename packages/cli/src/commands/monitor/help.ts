export function monitorNotes(): string {
  return `
Subscribes to all changes below the directory, writes them into a durable queue, matches the rules, and runs their actions: each
once, soon, and with a trace ("qwarden why PATH"). The rule file is read anew when it changes or on SIGHUP; a broken one changes nothing.

  version: 1
  rules:
    - name: lock finished records
      on: [created, written, moved-in, renamed]
      where: { under: /records, not: { name: "*.part" } }
      settle: 30s
      do:
        - lock: { retention: 7y }

Exit codes:
  0  done    1  it could not go on    2  the command line, the configuration or the rules must be corrected
  3  it ended with jobs that could not be done (see "qwarden dead list")

Examples:
  qwarden monitor --rules rules.yml --dry-run
  qwarden monitor --config cn_monitor.conf --rules watched_items.yml
  qwarden rules check rules.yml`;
}
