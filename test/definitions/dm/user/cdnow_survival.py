"""Writes cdnow_survival.csv: lifelines' (0.30.3) Kaplan-Meier figures of the CDNOW sample, which cdnow.test.ts holds ours against.

    pip install lifelines; python cdnow_survival.py <CDNOW_sample.txt> > cdnow_survival.csv

A spell is a customer's buying day; it ends with the next one, or is censored on the last day of the data.
"""
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
    print("gap_days,at_risk_cnt,event_cnt,survival_rate,ci_low,ci_high")
    for at, day in enumerate(fitted.survival_function_.index):
        if day < 1:
            continue
        counts = [int(day), int(fitted.event_table.at_risk[day]), int(fitted.event_table.observed[day])]
        rates = [fitted.survival_function_.iloc[at, 0], bounds.iloc[at, 0], bounds.iloc[at, 1]]
        print(",".join([*map(str, counts), *(repr(float(rate)) for rate in rates)]))


main()
