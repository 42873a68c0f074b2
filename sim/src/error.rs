//! Errors as the services report them.

use serde_json::json;

use crate::call::Call;
use crate::cbor;
use crate::service::{Protocol, Service};
use crate::xml::Xml;

/// An error reply.
#[derive(Clone, Debug)]
pub struct ApiError {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
}

/// A finished reply of any kind.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub content_type: &'static str,
    /// The value of `x-amzn-errortype`, for REST errors.
    pub error_type: Option<&'static str>,
    pub body: Vec<u8>,
}

impl ApiError {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> ApiError {
        ApiError { status, code, message: message.into() }
    }

    /// A parameter that the service would not take.
    pub fn invalid(protocol: Protocol, message: impl Into<String>) -> ApiError {
        let code = match protocol {
            Protocol::Ec2 => "InvalidParameterValue",
            Protocol::Query => "ValidationError",
            Protocol::Json => "InvalidInputException",
            Protocol::Rest => "ValidationException",
            Protocol::Cbor => "InvalidParameterValue",
            Protocol::RestXml => "InvalidArgument",
        };
        ApiError::new(400, code, message)
    }

    /// A parameter that AWS takes and the simulation does not, said rather than
    /// ignored: an ignored filter would look like a wrong answer.
    pub fn not_simulated(protocol: Protocol, what: &str) -> ApiError {
        ApiError::invalid(protocol, format!("the simulated endpoint does not support {what}"))
    }

    pub fn unknown_action(protocol: Protocol, name: &str) -> ApiError {
        match protocol {
            Protocol::Ec2 | Protocol::Query => {
                ApiError::new(400, "InvalidAction", format!("The action {name} is not valid for this web service."))
            }
            Protocol::Json | Protocol::Cbor => {
                ApiError::new(400, "UnknownOperationException", format!("The operation {name} is not known."))
            }
            Protocol::RestXml => ApiError::new(501, "NotImplemented", format!("{name} is not simulated.")),
            Protocol::Rest => {
                ApiError::new(404, "UnknownOperationException", format!("There is no operation at {name}."))
            }
        }
    }

    /// Credentials of nobody.
    pub fn bad_credentials(protocol: Protocol) -> ApiError {
        match protocol {
            Protocol::Ec2 => {
                ApiError::new(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
            }
            Protocol::Query => {
                ApiError::new(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
            }
            Protocol::Json | Protocol::Cbor => ApiError::new(
                400,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            Protocol::RestXml => ApiError::new(
                403,
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
            ),
            Protocol::Rest => ApiError::new(
                403,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
        }
    }

    /// A region that the account has not enabled: AWS says the same as for
    /// credentials of nobody, except in STS.
    pub fn region_disabled(service: Service) -> ApiError {
        if service == Service::Sts {
            return ApiError::new(
                403,
                "RegionDisabledException",
                "STS is not activated in this region for this account.",
            );
        }
        ApiError::bad_credentials(service.protocol())
    }

    pub fn expired(protocol: Protocol) -> ApiError {
        let message = "The security token included in the request is expired";
        match protocol {
            Protocol::Ec2 => ApiError::new(400, "RequestExpired", "Request has expired."),
            Protocol::Query => ApiError::new(403, "ExpiredToken", message),
            Protocol::Json | Protocol::Cbor => ApiError::new(400, "ExpiredTokenException", message),
            Protocol::Rest => ApiError::new(403, "ExpiredTokenException", message),
            Protocol::RestXml => ApiError::new(400, "ExpiredToken", "The provided token has expired."),
        }
    }

    pub fn throttled(protocol: Protocol) -> ApiError {
        match protocol {
            Protocol::Ec2 => ApiError::new(503, "RequestLimitExceeded", "Request limit exceeded."),
            Protocol::Query => ApiError::new(400, "Throttling", "Rate exceeded"),
            Protocol::Json | Protocol::Cbor => ApiError::new(400, "ThrottlingException", "Rate exceeded"),
            Protocol::Rest => ApiError::new(429, "TooManyRequestsException", "Rate exceeded"),
            Protocol::RestXml => ApiError::new(503, "SlowDown", "Please reduce your request rate."),
        }
    }

    pub fn internal(protocol: Protocol) -> ApiError {
        let code = match protocol {
            Protocol::Ec2 => "InternalError",
            Protocol::Query => "ServiceFailure",
            Protocol::Json => "ServiceException",
            Protocol::Rest => "InternalServerException",
            Protocol::Cbor => "InternalServiceFault",
            Protocol::RestXml => "InternalError",
        };
        ApiError::new(500, code, "An internal error has occurred")
    }

    /// No permission for the caller with this ARN; `by_scp` says that an organization policy is the reason.
    pub fn denied(service: Service, action: &str, caller: &str, by_scp: bool) -> ApiError {
        let reason = if by_scp {
            "with an explicit deny in a service control policy".to_owned()
        } else {
            format!("because no identity-based policy allows the {}:{action} action", service.prefix())
        };
        let text = format!(
            "User: {} is not authorized to perform: {}:{action} on resource: * {reason}",
            caller,
            service.prefix()
        );
        match service.protocol() {
            Protocol::Ec2 => ApiError::new(
                403,
                "UnauthorizedOperation",
                format!("You are not authorized to perform this operation. {text}"),
            ),
            Protocol::Query => ApiError::new(403, "AccessDenied", text),
            Protocol::Json | Protocol::Cbor => ApiError::new(400, "AccessDeniedException", text),
            Protocol::Rest => ApiError::new(403, "AccessDeniedException", text),
            Protocol::RestXml => ApiError::new(403, "AccessDenied", text),
        }
    }

    /// The reply in the shape of the protocol.
    pub fn render(&self, protocol: Protocol, namespace: &str, request_id: &str) -> Reply {
        let mut x = Xml::default();
        let body = match protocol {
            Protocol::Cbor => {
                let body = cbor::encode(&json!({"__type": self.code, "message": self.message}));
                return Reply { status: self.status, content_type: content_type(protocol), error_type: None, body };
            }
            Protocol::Ec2 => {
                x.raw(DECLARATION);
                x.node("Response", |x| {
                    x.node("Errors", |x| {
                        x.node("Error", |x| {
                            x.put("Code", self.code);
                            x.put("Message", &self.message);
                        });
                    });
                    x.put("RequestID", request_id);
                });
                x.finish()
            }
            Protocol::Query => {
                x.raw(&format!("<ErrorResponse xmlns=\"{namespace}\">"));
                x.node("Error", |x| {
                    x.put("Type", if self.status < 500 { "Sender" } else { "Receiver" });
                    x.put("Code", self.code);
                    x.put("Message", &self.message);
                });
                x.put("RequestId", request_id);
                x.raw("</ErrorResponse>");
                x.finish()
            }
            Protocol::RestXml => {
                let error = |x: &mut Xml| {
                    x.node("Error", |x| {
                        x.put("Code", self.code);
                        x.put("Message", &self.message);
                        x.put("RequestId", request_id);
                    });
                };
                // S3 itself does not wrap its errors; its control plane and Route 53 do.
                if namespace.contains("//s3.") {
                    error(&mut x)
                } else {
                    x.node("ErrorResponse", error)
                }
                x.finish()
            }
            Protocol::Json => json!({"__type": self.code, "message": self.message}).to_string(),
            Protocol::Rest => json!({"message": self.message}).to_string(),
        };
        Reply {
            status: self.status,
            content_type: content_type(protocol),
            error_type: (protocol == Protocol::Rest).then_some(self.code),
            body: body.into_bytes(),
        }
    }
}

/// The XML declaration, which EC2 sends.
pub const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// The content type of replies.
pub fn content_type(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Ec2 => "text/xml;charset=UTF-8",
        Protocol::Query => "text/xml",
        Protocol::Json => "application/x-amz-json-1.1",
        Protocol::Rest => "application/json",
        Protocol::RestXml => "application/xml",
        Protocol::Cbor => "application/cbor",
    }
}

impl Call<'_> {
    /// An error about a parameter of this call.
    pub fn invalid(&self, message: impl Into<String>) -> ApiError {
        ApiError::invalid(self.service.protocol(), message)
    }
}
