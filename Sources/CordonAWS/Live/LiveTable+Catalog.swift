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
          .value("RoleArn") { parameter("RoleArn", of: $0) { LiveValue.value($0) } },
          .value("LocalRoleName") { parameter("LocalRoleName", of: $0) { LiveValue.value($0) } }),
        LiveShape(
          "AWS::ServiceCatalog::LaunchTemplateConstraint", id: "ConstraintId",
          where: { $0["Type"]?.plain == "TEMPLATE" }, .copy("parent.Id", "PortfolioId"), .take("ProductId"),
          // Templates have them as text.
          .value("Rules") { parameter("Rules", of: $0) { .text($0.written(.canonical)) } }),
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

  /// A part of what a constraint says, which is JSON within text.
  private static func parameter(
    _ name: String, of constraint: JSONValue, as value: (JSONValue) -> CloudValue
  ) -> CloudValue? {
    let unread = CloudValue(.unknown(CloudUnknown(.unread, "a constraint whose parameters were not given")))
    guard let given = constraint.read("about.ConstraintParameters") else { return unread }
    if let unknown = LiveValue.unknown(given) { return unknown }
    guard let said = given.plain.flatMap({ try? JSONValue(parsing: $0) }) else { return unread }
    return said[name].map(value)
  }
}
