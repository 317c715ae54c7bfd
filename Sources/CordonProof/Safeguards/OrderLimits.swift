import CordonModel
import CordonPolicy

/// Whether a catalog holds what is chosen of a product to lists of its own: a later version of a template may have other lists, or
/// none (AWS Service Catalog Administrator Guide, "Template constraint rules").
enum OrderLimits {
  @Sendable static func judge(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let constraints = estate.all("AWS::ServiceCatalog::LaunchTemplateConstraint")
    var finding = SafeguardFinding()
    for product in estate.all("AWS::ServiceCatalog::CloudFormationProduct") {
      let own = constraints.filter { estate.text($0, "ProductId").value == estate.ref(product) }
      if own.isEmpty { finding.miss("its template alone says what may be chosen", product) }
      for constraint in own {
        finding.add(
          estate.text(constraint, "Rules").map(isLimit), constraint, ["Rules"],
          "its rules hold nothing to a list")
      }
    }
    return finding
  }

  /// Whether every rule holds something to a list that is not empty, always.
  private static func isLimit(_ text: String) -> Bool {
    guard let rules = try? JSONValue(parsing: text).members, !rules.isEmpty else { return false }
    return rules.allSatisfy { rule in
      let assertions = rule.value["Assertions"]?.elements ?? []
      return rule.value["RuleCondition"] == nil && !assertions.isEmpty
        && assertions.allSatisfy { assertion in
          let parts = assertion["Assert"]?["Fn::Contains"]?.elements ?? []
          return parts.count == 2 && parts[0].elements?.isEmpty == false && parts[1]["Ref"] != nil
        }
    }
  }
}
