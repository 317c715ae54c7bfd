import CordonWire
import NIOCore

/// Writes the XML of the STS query protocol.
enum STSAnswer {
  static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

  static func callerIdentity(arn: String, userID: String, account: String, requestID: String)
    -> GatewayResponse
  {
    document("GetCallerIdentity", requestID: requestID) { xml in
      xml.element("Arn", arn)
      xml.element("UserId", userID)
      xml.element("Account", account)
    }
  }

  static func assumedRole(_ session: IssuedSession, packedPolicySize: Int?, requestID: String)
    -> GatewayResponse
  {
    document("AssumeRole", requestID: requestID) { xml in
      xml.element("AssumedRoleUser") { user in
        user.element("AssumedRoleId", session.userID)
        user.element("Arn", session.arn)
      }
      xml.element("Credentials") { credentials in
        credentials.element("AccessKeyId", session.accessKeyID)
        credentials.element("SecretAccessKey", session.secretAccessKey)
        credentials.element("SessionToken", session.sessionToken)
        credentials.element("Expiration", AWSDate.extended(session.expires))
      }
      if let packedPolicySize { xml.element("PackedPolicySize", packedPolicySize) }
    }
  }

  static func failure(_ error: AWSError, requestID: String) -> GatewayResponse {
    response(
      error.status, error.queryDocument(namespace: namespace, requestID: requestID), requestID: requestID)
  }

  private static func document(
    _ action: String, requestID: String, _ result: (inout S3XMLWriter) -> Void
  ) -> GatewayResponse {
    var xml = S3XMLWriter()
    xml.open("\(action)Response", namespace: namespace)
    xml.element("\(action)Result", result)
    xml.element("ResponseMetadata") { $0.element("RequestId", requestID) }
    return response(200, xml.bytes, requestID: requestID)
  }

  private static func response(_ status: Int, _ document: [UInt8], requestID: String) -> GatewayResponse {
    GatewayResponse(
      status: status, headers: [("content-type", "text/xml"), ("x-amzn-requestid", requestID)],
      body: .bytes(ByteBuffer(bytes: document)))
  }
}
