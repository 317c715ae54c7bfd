/// The functions that CloudFormation templates can call (CloudFormation template reference, "Intrinsic function reference").
enum IntrinsicFunction: String, CaseIterable {
  case and = "Fn::And"
  case base64 = "Fn::Base64"
  case cidr = "Fn::Cidr"
  case condition = "Condition"
  case equals = "Fn::Equals"
  case findInMap = "Fn::FindInMap"
  case getAtt = "Fn::GetAtt"
  case getAZs = "Fn::GetAZs"
  case `if` = "Fn::If"
  case importValue = "Fn::ImportValue"
  case join = "Fn::Join"
  case length = "Fn::Length"
  case not = "Fn::Not"
  case or = "Fn::Or"
  case ref = "Ref"
  case select = "Fn::Select"
  case split = "Fn::Split"
  case sub = "Fn::Sub"
  case toJSONString = "Fn::ToJsonString"
  case transform = "Fn::Transform"

  /// Functions that only `Rules` may call; rules are not carried out, so the names are all that is needed.
  static let ruleFunctions = [
    "Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll",
  ]

  /// What a YAML tag stands for, without its `!`.
  static func longForm(ofTag tag: String) -> String? {
    if tag == "Ref" || tag == "Condition" { return tag }
    let long = "Fn::\(tag)"
    return IntrinsicFunction(rawValue: long) != nil || ruleFunctions.contains(tag) ? long : nil
  }

  /// The tags that exist.
  static var tags: [String] {
    allCases.map { $0.rawValue.hasPrefix("Fn::") ? String($0.rawValue.dropFirst(4)) : $0.rawValue }
  }
}
