/// One question: may this principal do this to that?
public struct AccessRequest: Sendable, Equatable {
  /// Who asks.
  public var principal: Principal
  /// What is to be done: `s3:GetObject`. Case does not matter.
  public var action: String
  /// To what: an ARN, or `*` for an action without a resource.
  public var resource: String
  /// The account that owns the resource, where the ARN does not say.
  public var resourceAccount: String?
  /// What else is known.
  public var context: RequestContext

  /// A request; `context` may be left out.
  public init(
    principal: Principal, action: String, resource: String, resourceAccount: String? = nil,
    context: RequestContext = RequestContext()
  ) {
    self.principal = principal
    self.action = action
    self.resource = resource
    self.resourceAccount = resourceAccount
    self.context = context
  }
}
