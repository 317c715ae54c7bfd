import CordonWire
import Crypto
import NIOCore

import struct FoundationEssentials.Data

/// Frames what S3 answers: the two ids that every answer has, and errors in S3's XML.
struct S3Answer {
  var requestID: String
  /// Errors on HEAD have no body, so clients see the status alone.
  var isHead: Bool
  var region: String

  init(to request: GatewayRequest, region: String) {
    requestID = request.requestID
    isHead = request.method == "HEAD"
    self.region = region
  }

  private var ids: [(name: String, value: String)] {
    [("x-amz-request-id", requestID), ("x-amz-id-2", hostID)]
  }

  /// The second id of an answer. On AWS it names a host; here it follows from the request's id.
  private var hostID: String {
    Data(SHA256.hash(data: Data(requestID.utf8))).base64EncodedString()
  }

  /// An answer without a document.
  func empty(_ status: Int, _ headers: [(name: String, value: String)] = []) -> GatewayResponse {
    GatewayResponse(status: status, headers: ids + headers)
  }

  /// An answer with a document.
  func document(_ xml: S3XMLWriter, _ headers: [(name: String, value: String)] = []) -> GatewayResponse {
    document(ByteBuffer(bytes: xml.bytes), headers)
  }

  /// An answer with a document that is written; `lease` holds its bytes.
  func document(
    _ bytes: ByteBuffer, _ headers: [(name: String, value: String)] = [], lease: AnswerLease? = nil
  ) -> GatewayResponse {
    var response = GatewayResponse(
      status: 200, headers: ids + [("content-type", "application/xml")] + headers, body: .bytes(bytes))
    response.lease = lease
    return response
  }

  /// An answer with a document that is written while it is read.
  func stream(_ document: @escaping GatewayResponse.Stream) -> GatewayResponse {
    GatewayResponse(
      status: 200, headers: ids + [("content-type", "application/xml")],
      body: .stream(length: nil, document))
  }

  /// An answer with an object's content.
  func content(
    _ status: Int, _ headers: [(name: String, value: String)], _ body: GatewayResponse.Body
  ) -> GatewayResponse {
    GatewayResponse(status: status, headers: ids + headers, body: body)
  }

  /// An error.
  ///
  /// - Parameter resource: the path of the request.
  func fault(_ fault: S3Fault, resource: String) -> GatewayResponse {
    // One region for every name, whether the bucket exists or not: clients that look for a bucket's region find it.
    let headers =
      ids + [("x-amz-bucket-region", region)] + fault.fields.map { (name: $0.name, value: $0.text) }
    guard !isHead else { return GatewayResponse(status: fault.status, headers: headers) }
    var xml = S3XMLWriter()
    xml.open("Error")
    xml.element("Code", fault.code)
    xml.element("Message", fault.message)
    for member in fault.members { xml.element(member.name, member.text) }
    xml.element("Resource", resource)
    xml.element("RequestId", requestID)
    xml.element("HostId", hostID)
    return GatewayResponse(
      status: fault.status, headers: headers + [("content-type", "application/xml")],
      body: .bytes(ByteBuffer(bytes: xml.bytes)))
  }
}
