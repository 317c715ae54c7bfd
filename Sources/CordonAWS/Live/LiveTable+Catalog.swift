import CordonModel
import CordonPolicy

// What people order, and the roles that make it for them.
extension LiveTable {
  static let catalog: [LiveStep] = [
    list(
      .catalog, "ListPortfolios", "PortfolioDetails", page: pages,
      shapes: [portfolio], children: ordered + [contents(with: [])]),
    // What others offer here is made here, and its roles may be of this account.
    offered("IMPORTED"), offered("AWS_ORGANIZATIONS"),
    // AWS lists products by a call of this name alone; its access level is List.
    list(.catalog, "SearchProductsAsAdmin", "ProductViewDetails", page: pages, shapes: [product]),
    list(
      .catalog, "ListTagOptions", "TagOptionDetails", page: LivePaging("PageToken"),
      shapes: [
        LiveShape("AWS::ServiceCatalog::TagOption", id: "Id", .take("Key", "Value", "Active"))
      ],
      children: [
        list(
          .catalog, "ListResourcesForTagOption", "ResourceDetails", [("TagOptionId", "$Id")],
          page: LivePaging("PageToken"),
          shapes: [
            LiveShape(
              "AWS::ServiceCatalog::TagOptionAssociation", id: "parent.Id Id",
              .copy("parent.Id", "TagOptionId"), .copy("Id", "ResourceId"))
          ])
      ], absent: ["TagOptionNotMigratedException"]),
  ]

  private static let pages = LivePaging("PageToken", "NextPageToken")

  private static let portfolio = LiveShape(
    "AWS::ServiceCatalog::Portfolio", id: "Id", arn: "ARN",
    .take("DisplayName", "ProviderName", "Description"))

  /// Where its templates lie is not said, so that what it makes is not known.
  private static let product = LiveShape(
    "AWS::ServiceCatalog::CloudFormationProduct", id: "ProductViewSummary.ProductId", arn: "ProductARN",
    .copy("ProductViewSummary.Name", "Name"), .copy("ProductViewSummary.Owner", "Owner"),
    .copy("ProductViewSummary.ShortDescription", "Description"), .take("SourceConnection"))

  /// Portfolios of other accounts that this one took.
  private static func offered(_ kind: String) -> LiveStep {
    list(
      .catalog, "ListAcceptedPortfolioShares", "PortfolioDetails", [("PortfolioShareType", .text(kind))],
      page: pages, hides: ["AWS::ServiceCatalog::Portfolio"], children: ordered + [contents(with: [product])])
  }

  private static func contents(with more: [LiveShape]) -> LiveStep {
    list(
      .catalog, "SearchProductsAsAdmin", "ProductViewDetails", [("PortfolioId", "$Id")], page: pages,
      shapes: [
        LiveShape(
          "AWS::ServiceCatalog::PortfolioProductAssociation", id: "parent.Id ProductViewSummary.ProductId",
          .copy("parent.Id", "PortfolioId"), .copy("ProductViewSummary.ProductId", "ProductId"))
      ] + more)
  }

  /// Who orders from a portfolio, and which role makes it.
  private static let ordered: [LiveStep] = [
    list(
      .catalog, "ListConstraintsForPortfolio", "ConstraintDetails", [("PortfolioId", "$Id")], page: pages,
      details: [LiveDetail("about", one(.catalog, "DescribeConstraint", [("Id", "$ConstraintId")]))],
      shapes: [
        LiveShape(
          "AWS::ServiceCatalog::LaunchRoleConstraint", id: "ConstraintId",
          where: { !["STACKSET", "TEMPLATE"].contains($0["Type"]?.plain) },
          .copy("parent.Id", "PortfolioId"), .take("ProductId"),
          .value("RoleArn") { launch($0, "RoleArn") },
          .value("LocalRoleName") { launch($0, "LocalRoleName") }),
        LiveShape(
          "AWS::ServiceCatalog::LaunchTemplateConstraint", id: "ConstraintId",
          where: { $0["Type"]?.plain == "TEMPLATE" }, .copy("parent.Id", "PortfolioId"), .take("ProductId"),
          .value("Rules", rules)),
        LiveShape(
          "AWS::ServiceCatalog::StackSetConstraint", id: "ConstraintId", isUnread: true,
          where: { $0["Type"]?.plain == "STACKSET" }),
      ],
      // The others tell somebody, or say who changes tags, and name no role.
      leavingOut: { ["NOTIFICATION", "RESOURCE_UPDATE"].contains($0["Type"]?.plain) }),
    list(
      .catalog, "ListPrincipalsForPortfolio", "Principals", [("PortfolioId", "$Id")], page: pages,
      shapes: [
        LiveShape(
          "AWS::ServiceCatalog::PortfolioPrincipalAssociation", id: "parent.Id PrincipalARN",
          .copy("parent.Id", "PortfolioId"), .take("PrincipalARN", "PrincipalType"))
      ]),
  ]

  /// A part of what a launch constraint says.
  private static func launch(_ constraint: JSONValue, _ name: String) -> CloudValue? {
    let said = parameters(of: constraint)
    if case .unknown = said.content { return said }
    return said[name]
  }

  /// The rules of a constraint as text, which is how templates have them.
  private static let rules: @Sendable (JSONValue) -> CloudValue? = { constraint in
    let said = parameters(of: constraint)
    if case .unknown = said.content { return said }
    let text = constraint.read("about.ConstraintParameters")?.plain
    // What it says was JSON just now.
    let rules = text.flatMap { try? JSONValue(parsing: $0)["Rules"] }
    return .text((rules ?? .object([])).written(.canonical))
  }

  /// What a constraint says, which is JSON within text.
  private static func parameters(of constraint: JSONValue) -> CloudValue {
    guard let text = constraint.read("about.ConstraintParameters") else {
      return CloudValue(.unknown(CloudUnknown(.unread, "a constraint whose parameters were not given")))
    }
    return LiveValue.document(text)
  }
}
