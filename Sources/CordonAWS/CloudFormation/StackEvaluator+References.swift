import CordonModel
import CordonPolicy

// Ref and Fn::GetAtt: parameters, pseudo parameters, resources and their attributes.
extension StackEvaluator {
  mutating func ref(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    guard let name = argument.plainText else {
      return refuse(.ref, "the name of a parameter or resource, as text", at: site)
    }
    return named(name, at: site, in: stack)
  }

  /// What `Ref` gives for a name.
  mutating func named(_ name: String, at site: Location, in stack: Int) -> CloudValue {
    if let value = stacks[stack].parameters[name] { return CloudValue(value.content, at: site) }
    if name.hasPrefix("AWS::") { return pseudo(name, at: site, in: stack) }
    guard resource(name, at: site, in: stack) else { return wrong(at: site) }
    return CloudValue(.reference(CloudReference(stacks[stack].id(name))), at: site)
  }

  /// The pseudo parameters (CloudFormation template reference, "Pseudo parameters").
  ///
  /// One whose value nobody gave is an unknown with the parameter's own name, so that two uses of it are seen to be alike:
  /// account, region, partition and suffix are those of all the stacks together unless the user says otherwise for one.
  private mutating func pseudo(_ name: String, at site: Location, in stack: Int) -> CloudValue {
    if name == "AWS::NoValue" { return CloudValue(.null, at: site) }
    if let given = setting(name, scope: stacks[stack].scope) { return CloudValue(.string(given), at: site) }
    switch name {
    case "AWS::AccountId", "AWS::Region":
      return CloudValue(.unknown(.init(.parameter, name)), at: site)
    case "AWS::Partition", "AWS::URLSuffix":
      guard let region = setting("AWS::Region", scope: stacks[stack].scope) else {
        return CloudValue(.unknown(.init(.parameter, name)), at: site)
      }
      let partition = Partition(region: region)
      return CloudValue(.string(name == "AWS::Partition" ? partition.name : partition.suffix), at: site)
    case "AWS::StackName", "AWS::StackId", "AWS::NotificationARNs":
      return CloudValue(.unknown(.init(.parameter, stacks[stack].qualified(name))), at: site)
    default:
      let near = Spelling.nearest(to: name, among: Self.pseudoParameters)
      problems.add(.unknownReference(name, at: site, didYouMean: near))
      return wrong(at: site)
    }
  }

  static let pseudoParameters = [
    "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region",
    "AWS::StackId", "AWS::StackName", "AWS::URLSuffix",
  ]

  /// What the user gave for a name: for this stack, or for all of them. The last one wins.
  func setting(_ name: String, scope: String) -> String? {
    settings.last { $0.name == name && $0.stack == scope }?.value
      ?? settings.last { $0.name == name && $0.stack == nil }?.value
  }

  /// Whether a resource of that name exists; notes who needs it. A name that nothing has is an error.
  mutating func resource(_ name: String, at site: Location, in stack: Int) -> Bool {
    guard let position = stacks[stack].index[name] else {
      let near = Spelling.nearest(to: name, among: stacks[stack].names)
      problems.add(.unknownReference(name, at: site, didYouMean: near))
      return false
    }
    if let condition = stacks[stack].template.resources[position].value["Condition"]?.plainText,
      answer(condition, at: site, in: stack) == .no
    {
      problems.add(.absentReference(name, condition: condition, at: site))
      return false
    }
    if let current { stacks[stack].needs[current, default: []].append(.init(name: name, location: site)) }
    return true
  }

  /// `Fn::GetAtt`: `Resource.Attribute`, or a list of the two.
  mutating func getAtt(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    if let text = argument.plainText {
      guard text.contains(".") else {
        return refuse(.getAtt, "'Resource.Attribute', or a list of the two", at: site)
      }
      return attribute(of: text, at: site, in: stack)
    }
    guard let items = argument.elements, items.count == 2, let name = items[0].plainText else {
      return refuse(.getAtt, "'Resource.Attribute', or a list of the two", at: site)
    }
    let attribute = value(items[1], in: stack)
    guard let attribute = attribute.plainText else { return open(.getAtt, because: attribute, at: site) }
    return self.attribute(attribute, of: name, at: site, in: stack)
  }

  /// The attribute that a dotted name means. A module's resources have a dot in their own name, so the longest name that
  /// exists is taken.
  mutating func attribute(of text: String, at site: Location, in stack: Int) -> CloudValue {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    for count in stride(from: min(parts.count - 1, 4), to: 1, by: -1) {
      let name = parts.prefix(count).joined(separator: ".")
      if stacks[stack].index[name] != nil {
        return attribute(parts.dropFirst(count).joined(separator: "."), of: name, at: site, in: stack)
      }
    }
    return attribute(parts.dropFirst().joined(separator: "."), of: parts[0], at: site, in: stack)
  }

  private mutating func attribute(
    _ attribute: String, of name: String, at site: Location, in stack: Int
  ) -> CloudValue {
    guard !attribute.isEmpty else {
      return refuse(.getAtt, "'Resource.Attribute', or a list of the two", at: site)
    }
    guard resource(name, at: site, in: stack) else { return wrong(at: site) }
    let position = stacks[stack].index[name] ?? 0
    let declared = stacks[stack].template.resources[position].value
    if attribute.hasPrefix("Outputs."), let child = child(name, in: stack) {
      return output(String(attribute.dropFirst("Outputs.".count)), of: child, at: site)
    }
    if let type = declared["Type"]?.plainText, Self.givenBack[type]?.contains(attribute) == true,
      let written = declared["Properties"]?[attribute]
    {
      return CloudValue(value(written, in: stack).content, at: site)
    }
    return CloudValue(.reference(CloudReference(stacks[stack].id(name), attribute: attribute)), at: site)
  }

  /// Attributes that are properties given back: what they come to is in the file.
  private static let givenBack: [String: Set<String>] = [
    "AWS::EC2::VPC": ["CidrBlock"],
    "AWS::EC2::Subnet": ["CidrBlock", "AvailabilityZone"],
  ]
}

/// The partition that a region belongs to, with the end of its host names.
struct Partition {
  let name: String
  let suffix: String

  init(region: String) {
    let known = [
      ("cn-", "aws-cn", "amazonaws.com.cn"), ("us-gov-", "aws-us-gov", "amazonaws.com"),
      ("us-iso-", "aws-iso", "c2s.ic.gov"), ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
      ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"), ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
      ("eusc-", "aws-eusc", "amazonaws.eu"),
    ]
    let match = known.first { region.hasPrefix($0.0) }
    name = match?.1 ?? "aws"
    suffix = match?.2 ?? "amazonaws.com"
  }
}
