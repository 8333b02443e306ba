// deploy/prometheus and deploy/grafana: the alerts and their tests by promtool, the dashboard's queries, and a real Prometheus that scrapes a real monitor.
import { findPrometheus, HOW_TO_INSTALL } from '../prometheus.mjs';
import { testDashboard } from './prometheus/dashboard.mjs';
import { testAlerts } from './prometheus/alerts.mjs';
import { testScrape } from './prometheus/scrape.mjs';

export const title = 'alerts, dashboard, and a real Prometheus';

export async function missing() {
  return findPrometheus() === undefined ? HOW_TO_INSTALL : undefined;
}

export async function run(test) {
  const programs = findPrometheus();
  await testAlerts(test, programs);
  await testDashboard(test, programs);
  await testScrape(test, programs);
}
