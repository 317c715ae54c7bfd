import CordonModel
import CordonPolicy

/// A VPC endpoint: a door from one network to one service, and what its policy says.
struct CloudEndpoint: Sendable {
  let resource: CloudResource
  let service: Reading<EndpointService>
  /// Its policy; nil where it has none, or where the service reads none: everything passes.
  let policy: PolicyReading?
  /// Why everything passes, where it does.
  let openness: Openness

  /// Why an endpoint has no policy.
  enum Openness: Sendable { case none, noPolicy, serviceReadsNone }

  /// The policy as a layer; one that lets everything pass where there is none.
  let layer: LayerReading

  init(
    resource: CloudResource, service: Reading<EndpointService>, policy: PolicyReading?, openness: Openness
  ) {
    self.resource = resource
    self.service = service
    self.policy = policy
    self.openness = openness
    layer = LayerReading(.endpoint, policies: [policy ?? .exact("full access", .everything(true))])
  }

  /// Actions that can be called through it.
  var actions: [String] { service.value?.prefix.map { ["\($0):*"] } ?? [] }
}

extension CloudEstate {
  /// The endpoints to AWS's services.
  var endpoints: [CloudEndpoint] {
    all("AWS::EC2::VPCEndpoint").compactMap { resource in
      let service = text(resource, "ServiceName").map { EndpointService($0) }
      if service.value?.isForeign == true { return nil }
      if let type = text(resource, "VpcEndpointType").value, type == "Resource" || type == "ServiceNetwork" {
        return nil
      }
      // A service that is not known to read policies gives full access whatever is written.
      if let known = service.value, !known.readsPolicies {
        return CloudEndpoint(resource: resource, service: service, policy: nil, openness: .serviceReadsNone)
      }
      guard let document = resource["PolicyDocument"] else {
        return CloudEndpoint(resource: resource, service: service, policy: nil, openness: .noPolicy)
      }
      let reading = policy(
        document, of: resource, named: "the policy of endpoint \(resource.id)", namesPrincipals: true)
      return CloudEndpoint(resource: resource, service: service, policy: reading, openness: .none)
    }
  }
}
