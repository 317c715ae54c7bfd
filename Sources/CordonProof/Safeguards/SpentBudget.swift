import CordonModel
import CordonPolicy

/// Whether a spent budget takes from roles what costs.
enum SpentBudget {
  /// What runs a computer in SageMaker for as long as nobody stops it.
  private static let costly = [
    "sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob", "sagemaker:CreateApp",
    "sagemaker:StartNotebookInstance",
  ]

  @Sendable static func judge(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let answers = estate.all("AWS::Budgets::BudgetsAction")
    var finding = SafeguardFinding()
    for budget in estate.all("AWS::Budgets::Budget") {
      let names = [estate.ref(budget), estate.text(budget, "Budget", "BudgetName").value]
      let own = answers.filter { answer in names.contains(estate.text(answer, "BudgetName").value) }
      if own.isEmpty, let open = answers.first(where: { !estate.text($0, "BudgetName").unknowns.isEmpty }) {
        finding.doubt(estate.text(open, "BudgetName").unknowns, open)
      } else if own.isEmpty {
        finding.miss("nothing is done when it is spent", budget)
      }
      for answer in own { judge(answer, scene, &finding) }
    }
    return finding
  }

  private static func judge(_ answer: CloudResource, _ scene: Scene, _ finding: inout SafeguardFinding) {
    let estate = scene.estate
    let share = estate.text(answer, "ActionThreshold", "Value").value.flatMap(Double.init)
    if estate.text(answer, "ActionThreshold", "Type").value == "PERCENTAGE", let share, share > 100 {
      finding.lose("it waits until more than the budget is spent", answer, ["ActionThreshold"])
    }
    guard estate.text(answer, "ActionType").value == "APPLY_IAM_POLICY" else {
      return finding.hold(answer, ["ActionType"])
    }
    let path = ["Definition", "IamActionDefinition"]
    let roles = estate.texts(answer.properties[path: path + ["Roles"]])
    let others = ["Groups", "Users"].flatMap { estate.texts(answer.properties[path: path + [$0]]).known }
    if roles.known.isEmpty, roles.unknown.isEmpty, others.isEmpty {
      return finding.lose("it takes nothing from anybody", answer, path + ["Roles"])
    }
    guard let value = answer.properties[path: path + ["PolicyArn"]] else {
      return finding.lose("it attaches no policy", answer, path)
    }
    let policy = estate.managedPolicy(value, of: answer)
    guard policy.unknowns.isEmpty else { return finding.doubt(policy.unknowns, answer) }
    let left = costly.filter { action in !policy.widest.statements.contains { denies(action, $0) } }
    let holder = policy.resource.flatMap { estate.resource($0) } ?? answer
    if let first = left.first {
      finding.lose("it does not deny \(first)", holder, ["PolicyDocument"])
    } else {
      finding.hold(holder, ["PolicyDocument"])
    }
  }

  /// Whether a statement denies an action wherever and whenever it is called.
  private static func denies(_ action: String, _ statement: Statement) -> Bool {
    statement.effect == .deny && statement.conditions.isEmpty
      && statement.resource?.isNegated == false
      && statement.resource?.patterns.contains { $0.text == "*" } == true
      && statement.action.isNegated != statement.action.patterns.contains { $0.match(action) == .yes }
  }
}
