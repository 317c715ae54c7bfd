public import CordonModel

/// Reads a Terraform plan (`terraform show -json`) into a deployment in CloudFormation's words, so that one model judges both.
///
/// Types that matter for the ways out are mapped by the tables under `Mapping/`; another type keeps its own name. A value that
/// Terraform knows only after apply becomes a `reference` where the plan's configuration names the one resource it comes from
/// and the attribute holds nothing but a name; every other such value is `unknown(.afterApply)`. A plan does not show text that is
/// written beside references in one set: an `unknown(.besideReferences)` stands in it for what that may be.
public struct PlanReader: Sendable {
  /// A reader of plans.
  public init() {}

  /// Reads one plan.
  public func read(_ file: SourceFile) throws(TemplateErrors) -> CloudDeployment {
    let value: CloudValue
    do throws(TemplateError) {
      value = try SourceReader(file: file).read()
    } catch {
      throw TemplateErrors([error])
    }
    return try read(value, file: file)
  }

  func read(_ value: CloudValue, file: SourceFile) throws(TemplateErrors) -> CloudDeployment {
    var problems = Problems()
    let plan = Plan(value, file: file.name, problems: &problems)
    try problems.finish()
    var translation = PlanTranslation(plan: plan)
    translation.translate()
    var deployment = CloudDeployment(resources: translation.resources, unknowns: translation.gaps)
    deployment.isWhole = false
    deployment.readProperties = PlanMapping.readProperties
    deployment.region = plan.region
    deployment.account = plan.account
    for (name, value) in plan.variables { deployment.parameters[name] = value }
    return deployment
  }
}
