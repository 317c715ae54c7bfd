"""Train a breast-cancer classifier on the data set in S3, and keep the model, its metrics and a plot there.

    python train.py             # all steps
    python train.py read        # one step: read, train, plot or store

Each step leaves its result in --folder, so that a step can be repeated by itself.
"""

import argparse
import io
import json
import os
import pathlib
import sys

DATA_BUCKET = os.environ.get("CORDON_DATA_BUCKET", "breast-cancer-data")
STORE_BUCKET = os.environ.get("CORDON_STORE_BUCKET", "breast-cancer-store")
DATA_KEY = "wdbc.csv"
SEED = 20240501


def read(folder: pathlib.Path) -> str:
    """Fetch the data set with plain boto3: no endpoint, no keys, no proxy setting."""
    import boto3
    import pandas as pd

    body = boto3.client("s3").get_object(Bucket=DATA_BUCKET, Key=DATA_KEY)["Body"].read()
    table = pd.read_csv(io.BytesIO(body))
    missing = int(table.isna().sum().sum())
    if table.empty or "diagnosis" not in table.columns or missing:
        raise ValueError(f"s3://{DATA_BUCKET}/{DATA_KEY} is not the expected table ({missing} values missing)")
    table.to_csv(folder / "table.csv", index=False)
    return f"{len(table)} rows, {table.shape[1] - 1} features"


def train(folder: pathlib.Path) -> str:
    """Cross-validate, fit, and measure on rows that the model has not seen."""
    import joblib
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, roc_auc_score
    from sklearn.model_selection import cross_val_score, train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    table = pd.read_csv(folder / "table.csv")
    features = table.drop(columns="diagnosis")
    malignant = (table["diagnosis"] == "malignant").astype(int)
    fit_x, test_x, fit_y, test_y = train_test_split(
        features, malignant, test_size=0.25, stratify=malignant, random_state=SEED
    )
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, C=0.5, random_state=SEED))
    folds = cross_val_score(model, fit_x, fit_y, cv=5, scoring="roc_auc")
    model.fit(fit_x, fit_y)
    probability = model.predict_proba(test_x)[:, 1]
    predicted = (probability >= 0.5).astype(int)
    metrics = {
        "rows": len(table),
        "cross_validated_auc": round(float(folds.mean()), 4),
        "test_auc": round(float(roc_auc_score(test_y, probability)), 4),
        "test_accuracy": round(float(accuracy_score(test_y, predicted)), 4),
        "test_f1": round(float(f1_score(test_y, predicted)), 4),
        "confusion": confusion_matrix(test_y, predicted).tolist(),
    }
    joblib.dump(model, folder / "model.joblib")
    pd.DataFrame({"malignant": test_y, "probability": probability}).to_csv(folder / "test.csv", index=False)
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    return f"test AUC {metrics['test_auc']}, accuracy {metrics['test_accuracy']}"


def plot(folder: pathlib.Path) -> str:
    """Draw the ROC curve and the strongest coefficients."""
    import joblib
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import pandas as pd
    from sklearn.metrics import RocCurveDisplay

    tested = pd.read_csv(folder / "test.csv")
    model = joblib.load(folder / "model.joblib")
    weights = pd.Series(model[-1].coef_[0], index=model.feature_names_in_)
    strongest = weights.reindex(weights.abs().sort_values().index[-10:])
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5))
    RocCurveDisplay.from_predictions(tested["malignant"], tested["probability"], ax=left, name="test rows")
    left.set_title("ROC")
    strongest.plot.barh(ax=right, color=["#b33" if weight > 0 else "#37a" for weight in strongest])
    right.set_title("What speaks for (red) and against (blue) malignant")
    figure.tight_layout()
    figure.savefig(folder / "evaluation.png", dpi=120)
    return f"evaluation.png, {(folder / 'evaluation.png').stat().st_size} bytes"


def store(folder: pathlib.Path) -> str:
    """Put model, metrics and plot into the project's store, and read each back."""
    import boto3

    s3 = boto3.client("s3")
    names = ["model.joblib", "metrics.json", "evaluation.png"]
    for name in names:
        content = (folder / name).read_bytes()
        s3.put_object(Bucket=STORE_BUCKET, Key=f"results/{name}", Body=content)
        if s3.get_object(Bucket=STORE_BUCKET, Key=f"results/{name}")["Body"].read() != content:
            raise OSError(f"s3://{STORE_BUCKET}/results/{name} came back changed")
    return f"{len(names)} objects in s3://{STORE_BUCKET}/results/"


STEPS = {"read": read, "train": train, "plot": plot, "store": store}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", nargs="?", choices=STEPS, help="one step; all of them when left out")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("results"))
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in [arguments.step] if arguments.step else STEPS:
        print(f"{name}: {STEPS[name](arguments.folder)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
