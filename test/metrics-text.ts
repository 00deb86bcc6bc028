/** What `/metrics` told. */
export class MetricsText {
  /** Name → type and meaning. */
  readonly families: ReadonlyMap<string, { readonly type: string; readonly help: string }>;

  constructor(private readonly text: string) {
    const helps = new Map(
      [...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, k = '', v]) => [k, v]),
    );
    this.families = new Map(
      [...text.matchAll(/^# TYPE (\S+) (.*)$/gm)].map(([, name = '', type = '']) => [
        name,
        { type, help: helps.get(name) ?? '' },
      ]),
    );
  }

  static async of(url: string): Promise<MetricsText> {
    const response = await fetch(url);
    if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
    return new MetricsText(await response.text());
  }

  /** The value of one series, as it is written (`name{label="value"}`); 0 if it is not there. */
  value(series: string): number {
    const line = this.text.split('\n').find((each) => each.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1) ?? 0);
  }

  /** The values that a label has anywhere. */
  labelled(label: string): string[] {
    const values = this.text.matchAll(new RegExp(`[{,]${label}="((?:[^"\\\\]|\\\\.)*)"`, 'g'));
    return [...new Set([...values].map(([, value = '']) => value))].sort();
  }

  /** The labels of each family, as far as it has series. */
  labelsOf(name: string): string[] {
    const lines = this.text.split('\n').filter((line) => line.startsWith(`${name}{`));
    const labels = lines.flatMap((line) =>
      [...line.matchAll(/[{,](\w+)="/g)].map(([, l = '']) => l),
    );
    return [...new Set(labels)].sort();
  }
}
