import CordonModel

/// A job of another service than SageMaker, which reads the data and writes where it is told.
struct ServiceJobRoute: Route {
  let name = "service-job"
  let path = EgressPath.modelExport
  let title = "a job of another service reads the data and writes where it is told"
  let documentation = RouteDocumentation(
    """
    Glue, EMR, Bedrock, Batch, Comprehend and their like read and write buckets with a role that they are handed, from \
    networks of their own. Glue runs a script of the caller's with the internet, EMR anything; Bedrock's batch inference and \
    fine-tuning write their results to an address in the call. No condition key binds the place that they write to.
    """,
    closedBy: ["no Allow for these actions, or a Deny of them in a boundary or service control policy"],
    notClosedBy: [
      "guardrails on SageMaker: these are other services", "endpoint policies: the job is not in the network",
      "the job's own role, unless it may write to buckets of ours only and has no network",
    ])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    judgement.add(
      RolePower(
        actions: Self.actions,
        consequence: "the job then writes to wherever the call says, from a network that is not ours."), scene
    )
    judgement.loseUnlessGuarded("jobs of other services", Self.actions, scene)
    return judgement
  }

  static let actions = [
    "glue:CreateJob", "glue:UpdateJob", "glue:StartJobRun", "glue:CreateSession", "glue:RunStatement",
    "glue:CreateDevEndpoint", "glue:CreateCrawler", "databrew:CreateRecipeJob", "databrew:StartJobRun",
    "bedrock:CreateModelInvocationJob", "bedrock:CreateModelCustomizationJob", "bedrock:CreateEvaluationJob",
    "bedrock:CreateModelImportJob", "bedrock:CreateModelCopyJob", "bedrock:CreateAgent",
    "bedrock:InvokeAgent", "bedrock-agentcore:CreateCodeInterpreter",
    "bedrock-agentcore:StartCodeInterpreterSession", "elasticmapreduce:RunJobFlow",
    "elasticmapreduce:AddJobFlowSteps", "emr-serverless:StartJobRun", "emr-containers:StartJobRun",
    "batch:SubmitJob", "batch:RegisterJobDefinition", "ecs:RunTask", "codebuild:StartBuild",
    "kinesisanalytics:CreateApplication", "comprehend:StartDocumentClassificationJob",
    "comprehend:StartEntitiesDetectionJob", "translate:StartTextTranslationJob",
    "mediaconvert:CreateJob", "personalize:CreateBatchInferenceJob", "forecast:CreateForecastExportJob",
    "healthlake:StartFHIRExportJob", "braket:CreateJob", "airflow:CreateCliToken",
    "apprunner:CreateService", "imagebuilder:CreateImage",
  ]
}
