extension ServiceActions {
  /// Whether the list has `key`, in lower case, and has it for other actions of the service only: then AWS sends it with those.
  ///
  /// A key that the list does not have may be newer than the list, and go with anything.
  func keeps(_ key: String, from action: Action) -> Bool {
    guard !Self.ofCredentials.contains(key), keys.contains(where: { Self.isForm($0.name, of: key) }) else {
      return false
    }
    let own = [action.keys] + action.types.map { types[$0].keys }
    return !action.hasUnknownTypes && !own.contains { $0.contains { Self.isForm(keys[$0].name, of: key) } }
  }

  /// Keys of a service that come with the credentials of what it runs, whatever is called (IAM User Guide,
  /// reference_policies_condition-keys, "Properties of the role session").
  private static let ofCredentials: Set<String> = [
    "ec2:sourceinstancearn", "ec2:roledelivery", "lambda:sourcefunctionarn", "ssm:sourceinstancearn",
    "glue:roleassumedby", "glue:credentialissuingservice",
  ]

  /// Whether `listed` is `key`, or has a hole where `key` has a name: `s3:existingobjecttag/<key>`.
  private static func isForm(_ listed: String, of key: String) -> Bool {
    guard let hole = listed.firstIndex(where: { $0 == "<" || $0 == "$" }) else { return listed == key }
    return key.hasPrefix(listed[..<hole])
  }
}
