import CordonPolicy

/// Keys whose values follow from each other count as one kind.
enum KeyKinship: Hashable {
  /// The action, the resource and the principal of the request itself.
  case request
  case principal
  case resource
  case source
  case other(ConditionKey)

  init(_ key: ConditionKey) {
    let name = key.name.lowercased()
    if ["action", "resource", "principal"].contains(name) {
      self = .request
    } else if name.hasPrefix("aws:principal") || name.hasPrefix("aws:user") || name.hasPrefix("aws:calledvia")
      || name == "aws:viaawsservice"
    {
      self = .principal
    } else if name.hasPrefix("aws:resource") || name == "s3:resourceaccount" {
      self = .resource
    } else if name.hasPrefix("aws:source") || name.hasPrefix("aws:vpc") {
      self = .source
    } else {
      self = .other(key)
    }
  }
}
