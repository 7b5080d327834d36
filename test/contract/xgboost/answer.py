"""What XGBoost itself makes of a model file of ours, and of rows that it learns from.

Reads {model, names, rows, labels, file} from standard input (null for a missing value), writes the
model that it trained to `file`, and the answers of both models to standard output.
"""
import json
import sys
import tempfile

import numpy as np
import xgboost

asked = json.load(sys.stdin)
rows = np.array(
    [[np.nan if value is None else value for value in row] for row in asked["rows"]], dtype=float
)
matrix = xgboost.DMatrix(rows, label=asked["labels"], feature_names=asked["names"])


def answers(booster):
    return {
        "scores": booster.predict(matrix).tolist(),
        "contributions": booster.predict(matrix, pred_contribs=True).tolist(),
    }


with tempfile.NamedTemporaryFile(mode="w", suffix=".json") as written:
    written.write(asked["model"])
    written.flush()
    ours = xgboost.Booster(model_file=written.name)

parameters = {"objective": "binary:logistic", "max_depth": 5, "tree_method": "hist", "seed": 1}
theirs = xgboost.train(parameters, matrix, 20)
theirs.save_model(asked["file"])

json.dump(
    {
        "ours": {**answers(ours), "review_threshold": ours.attr("review_threshold")},
        "theirs": answers(theirs),
    },
    sys.stdout,
)
