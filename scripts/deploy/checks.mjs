// Counts checks, and goes on after one that fails.

/** One run's outcome. */
export class Checks {
  passed = 0;
  failed = 0;
  skipped = 0;

  /** Resolves with whether it held. */
  async check(name, work) {
    const started = Date.now();
    try {
      await work();
      this.passed += 1;
      console.log(`ok    ${name} (${Date.now() - started} ms)`);
      return true;
    } catch (error) {
      this.failed += 1;
      console.log(`FAIL  ${name}\n${indent(error.stack ?? String(error))}`);
      return false;
    }
  }

  /** A plain message; in CI it counts as a failure. */
  skip(name, reason) {
    if (process.env.CI) {
      this.failed += 1;
      console.log(`FAIL  ${name}: ${reason} (with CI set nothing may be left out)`);
    } else {
      this.skipped += 1;
      console.log(`skip  ${name}: ${reason}`);
    }
  }

  get line() {
    return `${this.passed} passed, ${this.failed} failed${this.skipped ? `, ${this.skipped} skipped` : ''}`;
  }
}

function indent(text) {
  return text.replaceAll(/^/gm, '      ');
}
