extension CloudPlan {
  /// What is ended; its record stays.
  static let stopped = [
    "AutoMLJob", "CompilationJob", "EdgePackagingJob", "HyperParameterTuningJob",
    "InferenceRecommendationsJob", "LabelingJob", "MonitoringSchedule", "NotebookInstance", "OptimizationJob",
    "ProcessingJob", "TrainingJob",
  ]
  /// What is removed.
  static let removed = [
    "Cluster", "DataQualityJobDefinition", "DeviceFleet", "EndpointConfig", "FlowDefinition", "Hub",
    "HumanTaskUi", "Model", "ModelBiasJobDefinition", "ModelExplainabilityJobDefinition",
    "ModelQualityJobDefinition", "Workforce", "Workteam",
  ]

  /// The function. What stands where it should is left alone; what does not is ended or removed; what cannot be told fails
  /// loudly, so that somebody looks.
  var correctionCode: String {
    """
    import boto3
    import botocore

    # What a call names its work by, and what undoes it.
    STOPPED = "\(Self.stopped.joined(separator: " "))".split()
    REMOVED = "\(Self.removed.joined(separator: " "))".split()
    # What gives data to other people or to networks that no call names.
    NEVER = "\(forbidden.joined(separator: " "))".split()
    PLACED = "\(Self.placed.joined(separator: " "))".split()

    def values(value, name):
        \"\"\"Every value called name, however deep.\"\"\"
        if isinstance(value, dict):
            for key, inner in value.items():
                if key.lower() == name:
                    yield inner
                yield from values(inner, name)
        elif isinstance(value, list):
            for inner in value:
                yield from values(inner, name)

    def fits(kind, asked):
        if kind in NEVER:
            return False
        if kind == "NotebookInstance":
            return (asked.get("directInternetAccess") == "Disabled" and asked.get("rootAccess") == "Disabled"
                    and bool(asked.get("subnetId")) and bool(asked.get("kmsKeyId")))
        if kind == "Domain":
            return asked.get("appNetworkAccessType") == "VpcOnly"
        if kind == "EndpointConfig":
            return bool(asked.get("kmsKeyId"))
        if kind not in PLACED:
            return True
        isolated = list(values(asked, "enablenetworkisolation"))
        sealed = list(values(asked, "enableintercontainertrafficencryption"))
        networks = [network for network in values(asked, "vpcconfig") if network and network.get("subnets")]
        needs = kind != "AutoMLJob"
        return bool(networks) and (not needs or bool(isolated)) and all(isolated) and all(sealed)

    def handler(event, context):
        detail = event["detail"]
        kind = detail["eventName"].removeprefix("Create").removesuffix("V2")
        asked = detail.get("requestParameters") or {}
        if detail.get("errorCode") or fits(kind, asked):
            return "left alone"
        verb = "Stop" if kind in STOPPED else "Delete" if kind in REMOVED else None
        if verb is None:
            raise LookupError(f"Create{kind} cannot be undone: look at it")
        client = boto3.client("sagemaker")
        wanted = client.meta.service_model.operation_model(verb + kind).input_shape.required_members
        given = {key.lower(): value for key, value in asked.items()}
        if len(wanted) != 1 or wanted[0].lower() not in given:
            raise LookupError(f"Create{kind} does not say what it made: look at it")
        name = given[wanted[0].lower()]
        getattr(client, botocore.xform_name(verb + kind))(**{wanted[0]: name})
        print(f"{verb}{kind} {name}: it stood outside a network or a seal")
        return f"{verb}{kind} {name}"

    """
  }
}
