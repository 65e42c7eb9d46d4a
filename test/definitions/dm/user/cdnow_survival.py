"""Writes cdnow_survival.json: lifelines' Kaplan-Meier figures of the CDNOW sample, which cdnow.test.ts holds ours against.

    pip install lifelines; python cdnow_survival.py <CDNOW_sample.txt> > cdnow_survival.json

A spell is a customer's buying day; it ends with the next one, or is censored on the last day of the data.
"""
import json
import sys
from collections import defaultdict
from datetime import date

import lifelines

END = date(1998, 6, 30)


def spells(path):
    days = defaultdict(set)
    with open(path) as file:
        for line in file:
            _, customer, day, *_ = line.split()
            days[customer].add(date(int(day[:4]), int(day[4:6]), int(day[6:])))
    for own in days.values():
        ordered = sorted(own)
        for day, following in zip(ordered, ordered[1:] + [None]):
            yield ((following or END) - day).days, following is not None


def main():
    durations, events = zip(*spells(sys.argv[1]))
    fitted = lifelines.KaplanMeierFitter(alpha=0.05).fit(durations, events)
    bounds = fitted.confidence_interval_
    rows = [
        {
            "gap_days": int(day),
            "at_risk_cnt": int(fitted.event_table.at_risk[day]),
            "event_cnt": int(fitted.event_table.observed[day]),
            "survival_rate": float(fitted.survival_function_.iloc[at, 0]),
            "ci_low": float(bounds.iloc[at, 0]),
            "ci_high": float(bounds.iloc[at, 1]),
        }
        for at, day in enumerate(fitted.survival_function_.index)
        if day >= 1
    ]
    print('{"lifelines": %s, "rows": [' % json.dumps(lifelines.__version__))
    print(",\n".join(json.dumps(row) for row in rows))
    print("]}")


main()
