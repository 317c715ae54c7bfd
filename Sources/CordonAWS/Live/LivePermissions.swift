public import CordonPolicy

/// The policy that a reader's role needs: the calls of the table, and no other.
public enum LivePermissions {
  /// Every action that is called, sorted.
  public static var actions: [String] {
    Set(LiveTable.steps.flatMap(actions) + ["sts:GetCallerIdentity"]).sorted()
  }

  private static func actions(of step: LiveStep) -> [String] {
    // S3 asks for a permission of the access point's own calls under other names than its calls have.
    [step.permitted] + step.details.flatMap { actions(of: $0.step) } + step.children.flatMap(actions)
  }

  /// As IAM takes it. Reading needs every resource: what may not be seen could be the way out.
  public static var policy: JSONValue {
    .object([
      ("Version", .string("2012-10-17")),
      (
        "Statement",
        .array([
          .object([
            ("Sid", .string("CordonReadsWhatRuns")), ("Effect", .string("Allow")),
            ("Action", .array(actions.map { .string($0) })), ("Resource", .string("*")),
          ])
        ])
      ),
    ])
  }
}
