import CordonModel

// What endpoints are watched for. A monitor is a job by the clock: in the project's network and without any, under the project's
// key, from the project's bucket into the project's bucket, as the project's role.
extension CloudPlan {
  /// The monitors of a project; nil where the spec has none for it.
  func monitoring(
    of project: Project, _ network: NetworkParts, _ data: DataParts, _ roles: RoleParts,
    _ base: FoundationParts
  ) throws -> CloudStack? {
    let monitors = rules.monitors.filter { $0.project == project.name }
    guard !monitors.isEmpty else { return nil }
    guard let accounts = Self.imageAccounts[region] else {
      throw SynthesisError.cannotExpress(
        "no image of Model Monitor is known for '\(region)'", at: "monitor \(monitors[0].endpoint)")
    }
    var stack = self.stack("monitoring", of: project, "What the endpoints of \(project.name) are watched for")
    let place = MonitorPlace(project: project, network: network, key: data.key, role: roles.workspace)
    var schedules: [String] = []
    for monitor in monitors {
      for kind in monitor.kinds {
        schedules.append(try schedule(kind, of: monitor, place, accounts, in: &stack))
      }
    }
    drift(of: project, schedules, base, in: &stack)
    return stack
  }

  /// Where a monitor's job stands, and as whom it runs.
  private struct MonitorPlace {
    var project: Project
    var network: NetworkParts
    var key: CloudHandle
    var role: CloudHandle
  }

  /// AWS's accounts that hold the images of Model Monitor and Clarify, by region: aws/sagemaker-python-sdk, image_uri_config,
  /// model-monitor.json and clarify.json (version 1.0). SageMaker pulls them with credentials of its own (SageMaker Developer
  /// Guide, "Docker Registry Paths and Example Code"), so no door is opened for them.
  private static let imageAccounts: [String: (monitor: String, clarify: String)] = [
    "ap-northeast-1": ("574779866223", "377024640650"), "ap-south-1": ("126357580389", "452307495513"),
    "ap-southeast-1": ("245545462676", "834264404009"), "ap-southeast-2": ("563025443158", "007051062584"),
    "ca-central-1": ("536280801234", "675030665977"), "eu-central-1": ("048819808253", "017069133835"),
    "eu-west-1": ("468650794304", "131013547314"), "eu-west-2": ("749857270468", "440796970383"),
    "us-east-1": ("156813124566", "205585389593"), "us-west-2": ("159807026194", "306415355426"),
  ]

  // MARK: Jobs

  private func schedule(
    _ kind: Monitor.Kind, of monitor: Monitor, _ place: MonitorPlace,
    _ accounts: (monitor: String, clarify: String), in stack: inout CloudStack
  ) throws -> String {
    let name = "\(place.project.name)-\(monitor.endpoint)-\(kind.rawValue)"
    // SageMaker takes 63 characters, of which a definition's digits are 9.
    guard name.utf8.count <= 54 else {
      throw SynthesisError.cannotExpress(
        "'\(name)' has \(name.utf8.count) characters and SageMaker has room for 54; shorten the endpoint's name",
        at: "monitor \(monitor.endpoint)")
    }
    let names = Self.names(of: kind)
    let logical = Self.logical(monitor.endpoint.text) + names.type
    var properties: CloudValue = [
      "RoleArn": place.role.arn, "JobResources": Self.cluster(place.key), "NetworkConfig": Self.sealed(place),
      "StoppingCondition": ["MaxRuntimeInSeconds": 1800],
    ]
    properties.set("\(names.type)AppSpecification", application(kind, of: monitor, place, accounts))
    properties.set(
      "\(names.type)BaselineConfig",
      ["ConstraintsResource": ["S3Uri": .text(folder(kind, monitor, place) + "/baseline/constraints.json")]])
    properties.set("\(names.type)JobInput", input(kind, of: monitor, place))
    properties.set(
      "\(names.type)JobOutputConfig",
      [
        "KmsKeyId": place.key.arn,
        "MonitoringOutputs": [
          [
            "S3Output": [
              "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob",
              "S3Uri": .text(folder(kind, monitor, place) + "/reports"),
            ]
          ]
        ],
      ])
    properties.set("Tags", tags(place.project))
    // A definition is never changed, only made anew: its name says what it holds.
    let version = Self.digits(of: properties, in: stack).prefix(8)
    properties.set("JobDefinitionName", .text("\(name)-\(version)"))
    let definition = stack.add(
      logical, "AWS::SageMaker::\(names.type)JobDefinition", properties,
      comment: "Has no network; what it reads and writes SageMaker brings and fetches.")
    let hourly = monitor.every == .hour
    stack.add(
      "\(logical)Schedule", "AWS::SageMaker::MonitoringSchedule",
      [
        "MonitoringScheduleName": .text(name),
        "MonitoringScheduleConfig": [
          "MonitoringJobDefinitionName": .text("\(name)-\(version)"),
          "MonitoringType": .text(names.type),
          "ScheduleConfig": ["ScheduleExpression": .text(hourly ? "cron(0 * ? * * *)" : "cron(0 0 ? * * *)")],
        ],
        "Tags": tags(place.project),
      ], after: [definition.id.name])
    return name
  }

  private static func digits(of properties: CloudValue, in stack: CloudStack) -> String {
    var alone = CloudStack(name: stack.name, summary: "")
    alone.add("Definition", "", properties)
    var writer = TemplateWriter(alone, exports: [])
    return digits(writer.template())
  }

  private static func names(of kind: Monitor.Kind) -> (type: String, isOfClarify: Bool) {
    switch kind {
    case .dataQuality: ("DataQuality", false)
    case .modelQuality: ("ModelQuality", false)
    case .bias: ("ModelBias", true)
    case .explainability: ("ModelExplainability", true)
    }
  }

  private static func cluster(_ key: CloudHandle) -> CloudValue {
    [
      "ClusterConfig": [
        "InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20, "VolumeKmsKeyId": key.arn,
      ]
    ]
  }

  private static func sealed(_ place: MonitorPlace) -> CloudValue {
    [
      "EnableNetworkIsolation": true, "EnableInterContainerTrafficEncryption": true,
      "VpcConfig": [
        "SecurityGroupIds": [place.network.workload.ref], "Subnets": place.network.subnetIDs,
      ],
    ]
  }

  /// A folder of the project's own bucket.
  private func folder(_ kind: Monitor.Kind, _ monitor: Monitor, _ place: MonitorPlace) -> String {
    "s3://\(place.project.store)/monitoring/\(monitor.endpoint)/\(kind.rawValue)"
  }

  private func application(
    _ kind: Monitor.Kind, of monitor: Monitor, _ place: MonitorPlace,
    _ accounts: (monitor: String, clarify: String)
  ) -> CloudValue {
    let isOfClarify = Self.names(of: kind).isOfClarify
    let image =
      isOfClarify
      ? "\(accounts.clarify).dkr.ecr.\(region).amazonaws.com/sagemaker-clarify-processing:1.0"
      : "\(accounts.monitor).dkr.ecr.\(region).amazonaws.com/sagemaker-model-monitor-analyzer"
    var application: CloudValue = ["ImageUri": .text(image)]
    if isOfClarify {
      application.set("ConfigUri", .text(folder(kind, monitor, place) + "/analysis_config.json"))
    }
    if kind == .modelQuality {
      let problem =
        switch monitor.problem {
        case .binary: "BinaryClassification"
        case .multiclass: "MulticlassClassification"
        case .regression: "Regression"
        }
      application.set("ProblemType", .text(problem))
    }
    return application
  }

  private func input(_ kind: Monitor.Kind, of monitor: Monitor, _ place: MonitorPlace) -> CloudValue {
    var input: CloudValue = [
      "EndpointInput": [
        "EndpointName": .text(monitor.endpoint), "LocalPath": "/opt/ml/processing/input/endpoint",
      ]
    ]
    if kind == .modelQuality || kind == .bias {
      input.set(
        "GroundTruthS3Input",
        ["S3Uri": .text("s3://\(place.project.store)/monitoring/\(monitor.endpoint)/ground-truth")])
    }
    return input
  }

  // MARK: Who hears

  private func drift(
    of project: Project, _ schedules: [String], _ base: FoundationParts, in stack: inout CloudStack
  ) {
    let topic = topic("\(environment.name)-\(project.name)-drift", project, base, in: &stack)
    let rule = stack.add(
      "Drift", "AWS::Events::Rule",
      [
        "Description": .text("A monitor of \(project.name) found something, or did not end"),
        "State": "ENABLED",
        "EventPattern": [
          "source": ["aws.sagemaker"], "detail-type": ["SageMaker Processing Job State Change"],
          "detail": [
            "MonitoringScheduleArn": .list(schedules.map { ["suffix": .text("/\($0)")] }),
            "$or": [
              ["ExitMessage": [["prefix": "CompletedWithViolations"]]], ["ProcessingJobStatus": ["Failed"]],
            ],
          ],
        ],
        "Targets": [["Id": "tell", "Arn": topic.ref]],
      ])
    stack.add(
      "DriftAlarm", "AWS::CloudWatch::Alarm",
      [
        "AlarmDescription": .text("A monitor of \(project.name) found something, or did not end"),
        "Namespace": "AWS/Events", "MetricName": "TriggeredRules",
        "Dimensions": [["Name": "RuleName", "Value": rule.ref]], "Statistic": "Sum", "Period": 3600,
        "EvaluationPeriods": 1, "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
      ])
  }
}
