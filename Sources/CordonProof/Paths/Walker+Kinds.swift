import CordonModel
import CordonPolicy

extension Walker {
  /// Somebody with a terminal in the network, who needs no credentials.
  static func insider(_ door: String) -> Walker {
    Walker(caller: "anyone with a terminal in the network", credentials: "none are asked for", door: door)
  }

  /// A person in a session of the portal.
  static let session = Walker(
    caller: "a person in a session, with the portal's window in front",
    credentials: "his own sign-in to the portal", door: "the portal's remote browser")

  /// Whoever wrote the code that runs in `resource`.
  static func author(of resource: CloudResource, door: String) -> Walker {
    Walker(caller: "whoever wrote the code of \(resource.id)", credentials: "none are asked for", door: door)
  }

  /// Somebody of another account, or of none, who calls from outside.
  static func stranger(_ door: String, credentials: String = "the attacker's own account") -> Walker {
    Walker(caller: "anyone outside", credentials: credentials, door: door)
  }

  /// AWS, which carries what it was told to carry; the line is run by whoever receives it.
  static func service(of resource: CloudResource) -> Walker {
    Walker(
      caller: "the destination's owner, after AWS has carried the data there",
      credentials: "the destination's account", door: "\(resource.id), whose service sends by itself")
  }

  /// Whoever makes `request`.
  init(_ request: AccessRequest, _ estate: CloudEstate) {
    func value(_ key: String) -> String? {
      request.context.stated.first { $0.name.lowercased() == key }?.values.first
    }
    switch request.principal {
    case .anonymous: (caller, credentials) = ("anyone", "none: the request is not signed")
    case .service(let name): (caller, credentials) = ("the service \(name)", "the service's own identity")
    case .federated(let name):
      (caller, credentials) = ("anyone for whom the identity provider vouches", "a token of \(name)")
    case .canonicalUser(let id): (caller, credentials) = ("somebody of another account", id)
    case .aws(let arn):
      let isOwn = arn.account == estate.account
      caller =
        isOwn
        ? "whoever holds the credentials: a person, or code in a workspace" : "somebody of another account"
      credentials = isOwn ? arn.text : "\(arn.text), carried in"
    }
    if let endpoint = value("aws:sourcevpce") {
      let own = estate.find(endpoint, "AWS::EC2::VPCEndpoint")
      door = own.map { "endpoint \($0.id)" } ?? "endpoint \(endpoint), in a network of the attacker's"
    } else if value("aws:viaawsservice") == "true" {
      door = "a service of AWS's, which uses its caller's rights"
    } else {
      door = "the public API of AWS" + (value("aws:sourceip").map { ", from \($0)" } ?? "")
    }
  }
}
