import CordonModel
import CordonPolicy

/// A bucket with its policies.
struct Bucket: Sendable {
  let resource: CloudResource
  let name: String
  let arn: String
  let policies: [PolicyReading]
  /// Where its policy is written; the bucket itself where it has none.
  let holder: CloudResource
  /// What its policies deny.
  let denying: LayerReading

  init(
    resource: CloudResource, name: String, arn: String, policies: [PolicyReading], holder: CloudResource
  ) {
    self.resource = resource
    self.name = name
    self.arn = arn
    self.policies = policies
    self.holder = holder
    denying = LayerReading(.resource, policies: policies, needsAllow: false)
  }
}

extension CloudEstate {
  /// The buckets, each with the policies that are attached to it.
  var buckets: [Bucket] {
    let holders = all("AWS::S3::BucketPolicy")
    return all("AWS::S3::Bucket").map { resource in
      let name = ref(resource)
      let mine = holders.filter { holder in
        let target = text(holder, "Bucket")
        return target.value == name || target.value == arn(resource) || !target.unknowns.isEmpty
      }
      let policies = mine.compactMap { holder -> PolicyReading? in
        guard let document = holder["PolicyDocument"] else { return nil }
        var reading = policy(document, of: holder, named: "\(holder.id)", namesPrincipals: true)
        if case .unknown(let parts) = text(holder, "Bucket") {
          reading.unknowns += parts
          reading.widest = reading.widest.keeping(.allow)
          reading.narrowest = reading.narrowest.keeping(.deny)
        }
        return reading
      }
      return Bucket(
        resource: resource, name: name, arn: arn(resource), policies: policies, holder: mine.first ?? resource
      )
    }
  }

  /// Whose the resource called `text` is: an ARN, a bucket's name or an `s3://` URL.
  func owner(of text: String) -> Owner {
    var name = text
    if name.hasPrefix("s3://") {
      name = String(name.dropFirst(5).prefix { $0 != "/" })
    } else if name.contains(":s3:::") {
      name = String(name.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).last ?? "")
      name = String(name.prefix { $0 != "/" })
    } else if name.hasPrefix("arn:") {
      let parts = name.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count > 5, !parts[4].isEmpty else { return .unknown }
      return parts[4] == account ? .own : .other(String(parts[4]))
    }
    if all("AWS::S3::Bucket").contains(where: { ref($0) == name }) { return .own }
    if name.hasSuffix("-\(account)-\(region)-an") { return .own }
    let stated = stated["own-buckets"].map { $0.split(separator: ",").map(String.init) } ?? []
    return stated.contains(name) ? .own : .unknown
  }

  /// Whether a principal of a share or a permission is our account, one of its users or roles, or our organisation.
  func isOurs(principal: String) -> Bool {
    if principal == account || principal == organization { return true }
    let parts = principal.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(
      String.init)
    guard parts.count == 6, parts[0] == "arn" else { return false }
    if parts[2] == "organizations" {
      return parts[5].split(separator: "/").dropFirst().first.map { $0 == organization } ?? false
    }
    return parts[4] == account
  }

  /// Whose a resource is.
  enum Owner: Sendable, Equatable {
    case own
    case other(String)
    case unknown
  }
}
