import CordonModel

extension CloudEstate {
  /// What `Ref` gives for `resource`.
  func ref(_ resource: CloudResource) -> String { ref(resource, depth: 8) }

  /// The name of `resource`: as the files give it, or as AWS will make it up.
  func name(_ resource: CloudResource) -> String { name(resource, depth: 8) }

  /// The ARN of `resource`.
  func arn(_ resource: CloudResource) -> String { arn(resource, depth: 8) }

  private func ref(_ resource: CloudResource, depth: Int) -> String {
    if let assigned = resource.assigned { return assigned.ref }
    if resource.type == "AWS::SQS::Queue" {
      return "https://sqs.\(region).amazonaws.com/\(account)/\(name(resource, depth: depth))"
    }
    if standIn.refIsARN(resource) { return arn(resource, depth: depth) }
    return standIn.id(resource) ?? name(resource, depth: depth)
  }

  private func name(_ resource: CloudResource, depth: Int) -> String {
    let property = resource[StandIn.nameProperty(of: resource)]
    // Names that refer to each other end in what AWS would make up.
    if depth > 0, let property, case .known(let text) = text(property, depth: depth - 1) { return text }
    return resource.assigned?.ref ?? standIn.id(resource) ?? standIn.generatedName(resource)
  }

  private func arn(_ resource: CloudResource, depth: Int) -> String {
    if let assigned = resource.assigned?.arn { return assigned }
    let path = depth > 0 ? resource["Path"].flatMap { text($0, depth: depth - 1).value } : nil
    let key = resource.type == "AWS::KMS::Key" ? resource.assigned?.ref ?? standIn.id(resource) : nil
    var name = key ?? name(resource, depth: depth)
    if resource.type == "AWS::CodeArtifact::Repository", depth > 0 {
      name = "\(resource["DomainName"].flatMap { text($0, depth: depth - 1).value } ?? "domain")/\(name)"
    }
    return standIn.arn(resource, name: name, path: path ?? "/")
  }

  /// The text of `value`, wholly known or not.
  func text(_ value: CloudValue?) -> Reading<String> { value.map { text($0, depth: 16) } ?? .absent }

  /// The text of a property.
  func text(_ resource: CloudResource, _ path: String...) -> Reading<String> {
    text(resource.properties[path: path])
  }

  /// The texts of a list; what is not known of it comes beside them.
  func texts(_ value: CloudValue?) -> (known: [String], unknown: [UnknownPart]) {
    var known: [String] = []
    var unknown: [UnknownPart] = []
    for element in value?.elements ?? [] where !isNothing(element) {
      switch text(element) {
      case .known(let text): known.append(text)
      case .absent: break
      case .unknown(let parts): unknown += parts
      }
    }
    return (known, unknown)
  }

  /// Whether `value` stands for what a plan's list holds beside its references, and the user says that it holds nothing.
  func isNothing(_ value: CloudValue) -> Bool {
    guard case .unknown(let unknown) = value.content, unknown.cause == .besideReferences else { return false }
    return stated["plan-lists"] == "references"
  }

  /// A Boolean property, also where it is written as text.
  func bool(_ value: CloudValue?) -> Reading<Bool> {
    switch text(value) {
    case .known(let text):
      switch text.lowercased() {
      case "true": .known(true)
      case "false": .known(false)
      default: .unknown([UnknownPart("'\(text)' is neither true nor false", location: value?.location)])
      }
    case .absent: .absent
    case .unknown(let parts): .unknown(parts)
    }
  }

  /// What `value` leaves open, with its place.
  func gap(_ unknown: CloudUnknown, at location: Location?) -> UnknownPart {
    UnknownPart(unknown.phrase, location: location)
  }

  private func text(_ value: CloudValue, depth: Int) -> Reading<String> {
    guard depth > 0 else {
      return .unknown([UnknownPart("a name that refers to itself", location: value.location)])
    }
    switch value.content {
    case .null: return .absent
    case .bool(let flag): return .known(flag ? "true" : "false")
    case .number(let text), .string(let text): return .known(text)
    case .reference(let reference): return text(of: reference, at: value.location, depth: depth - 1)
    case .joined(let parts): return joined(parts, depth: depth - 1)
    case .oneOf(let values, let condition):
      let readings = values.map { text($0, depth: depth - 1) }
      if let first = readings.first?.value, readings.allSatisfy({ $0.value == first }) {
        return .known(first)
      }
      return .unknown([
        UnknownPart("condition \(condition) is not answered by the files", location: value.location)
      ])
    case .unknown(let unknown):
      if let text = pseudoParameter(unknown) { return .known(text) }
      return .unknown([gap(unknown, at: value.location)])
    case .list, .object:
      return .unknown([UnknownPart("text was expected here", location: value.location)])
    }
  }

  private func joined(_ parts: [CloudValue], depth: Int) -> Reading<String> {
    var whole = ""
    for part in parts {
      switch text(part, depth: depth) {
      case .known(let text): whole += text
      case .absent: break
      case .unknown(let parts): return .unknown(parts)
      }
    }
    return .known(whole)
  }

  /// The CloudFormation pseudo parameters that say where we are.
  private func pseudoParameter(_ unknown: CloudUnknown) -> String? {
    switch unknown.name {
    case "AWS::AccountId": account
    case "AWS::Region": region
    case "AWS::Partition": standIn.partition
    case "AWS::URLSuffix": standIn.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"
    default: nil
    }
  }

  private func text(of reference: CloudReference, at location: Location?, depth: Int) -> Reading<String> {
    guard let resource = resource(reference.resource) else {
      return .unknown([
        UnknownPart("resource \(reference.resource) is not in the files", location: location)
      ])
    }
    guard let attribute = reference.attribute else {
      if standIn.refIsARN(resource), !standIn.knowsARN(of: resource) {
        return .unknown([UnknownPart("the ARN that AWS gives \(resource.id)", location: location)])
      }
      return .known(ref(resource, depth: depth))
    }
    if attribute == "Arn" || attribute.hasSuffix("Arn") {
      guard standIn.knowsARN(of: resource) else {
        return .unknown([UnknownPart("the ARN that AWS gives \(resource.id)", location: location)])
      }
      return .known(arn(resource, depth: depth))
    }
    switch (resource.type, attribute) {
    case ("AWS::S3::Bucket", "DomainName"): return .known("\(name(resource, depth: depth)).s3.amazonaws.com")
    case ("AWS::S3::Bucket", "RegionalDomainName"):
      return .known("\(name(resource, depth: depth)).s3.\(region).amazonaws.com")
    case ("AWS::EC2::VPC", "DefaultSecurityGroup"): return .known("sg-default-\(ref(resource, depth: 1))")
    case ("AWS::EC2::VPC", "DefaultNetworkAcl"): return .known("acl-default-\(ref(resource, depth: 1))")
    default: break
    }
    if let property = resource[attribute], let known = text(property, depth: depth).value {
      return .known(known)
    }
    if attribute == "Id" || attribute.hasSuffix("Id"), let id = standIn.id(resource) { return .known(id) }
    if attribute.hasSuffix("Id") || attribute.hasSuffix("Name") || attribute == "Ref" {
      return .known(ref(resource, depth: depth))
    }
    // Attributes that the model does not read as names: a stand-in that equals no other text.
    return .known("\(reference.resource).\(attribute)")
  }
}
