import CordonWire
import Crypto

/// The server's answer to a WebSocket's key (RFC 6455 §4.2.2): shows that it understood, and protects nothing.
enum SocketAccept {
  static func text(for key: String) -> String {
    Base64.text(Array(Insecure.SHA1.hash(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))))
  }
}
