import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  StackingConfigBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { type Panel, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Which Prometheus: a variable of the dashboard. */
export const SOURCE = { type: 'prometheus', uid: '${datasource}' };
/** What each query is narrowed down to, by variables too. */
export const MINE = 'job=~"$job",instance=~"$instance"';

const WIDTH = 24;

/** A PromQL query, with how its series are called. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Graph {
  readonly title: string;
  readonly help: string;
  /** As Grafana calls it: `short`, `s`, `bytes`, `ops`, … */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of a row of 24. */
  readonly width?: number;
  /** Adds up what is shown. */
  readonly stacked?: boolean;
}

/** A number that should stay below `bad`. */
export interface Light {
  readonly title: string;
  readonly help: string;
  readonly unit?: string;
  readonly expr: string;
  /** From there on it is red; undefined: it is only told. */
  readonly bad?: number;
  /** Red below it instead. */
  readonly badBelow?: number;
}

export function graph({ title, help, unit, queries, width = WIDTH / 2, stacked = false }: Graph): Builder<Panel> {
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(help)
    .datasource(SOURCE)
    .unit(unit)
    .min(0)
    .fillOpacity(stacked ? 30 : 10)
    .span(width)
    .height(8)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  for (const [n, query] of queries.entries()) panel.withTarget(target(query, n));
  return panel;
}

export function light({ title, help, unit = 'short', expr, bad, badBelow }: Light): Builder<Panel> {
  const green = { value: null, color: 'green' };
  const red = { value: null, color: 'red' };
  const steps =
    badBelow === undefined
      ? [green, ...(bad === undefined ? [] : [{ value: bad, color: 'red' }])]
      : [red, { value: badBelow, color: 'green' }];
  return new StatBuilder()
    .title(title)
    .description(help)
    .datasource(SOURCE)
    .unit(unit)
    .span(WIDTH / 8)
    .height(4)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Background)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .withTarget(target({ expr, legend: title }, 0));
}

function target({ expr, legend }: Query, n: number): DataqueryBuilder {
  const refId = String.fromCodePoint('A'.charCodeAt(0) + n);
  return new DataqueryBuilder().refId(refId).datasource(SOURCE).expr(expr).legendFormat(legend).range();
}

/** Of a counter: how many a second. */
export function rate(name: string, by: string): string {
  return `sum by (${by}) (rate(${name}{${MINE}}[$__rate_interval]))`;
}

/** Quantile of a histogram. */
export function quantile(q: number, name: string, by: string): string {
  return `histogram_quantile(${q}, sum by (${by}, le) (rate(${name}_bucket{${MINE}}[$__rate_interval])))`;
}

/** Of a gauge that all who share a store say the same. */
export function shared(name: string, by: string, more = ''): string {
  return `max by (${by}) (${name}{${MINE}${more}})`;
}
