# libonnx_proto, the classes that protoc makes of ONNX's schema: target OnnxProto::onnx_proto.
# Debian ships the library and its header without a CMake package. The installed NeuRRAM package uses
# this file, too.
find_library(ONNX_PROTO_LIBRARY onnx_proto)
find_path(ONNX_PROTO_INCLUDE_DIR onnx/onnx_pb.h)
mark_as_advanced(ONNX_PROTO_LIBRARY ONNX_PROTO_INCLUDE_DIR)
find_package(Protobuf QUIET)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OnnxProto
  REQUIRED_VARS ONNX_PROTO_LIBRARY ONNX_PROTO_INCLUDE_DIR Protobuf_FOUND)

if(OnnxProto_FOUND AND NOT TARGET OnnxProto::onnx_proto)
  add_library(OnnxProto::onnx_proto UNKNOWN IMPORTED)
  set_target_properties(OnnxProto::onnx_proto PROPERTIES
    IMPORTED_LOCATION "${ONNX_PROTO_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${ONNX_PROTO_INCLUDE_DIR}"
    # As Debian's library was built; its generated header needs both.
    INTERFACE_COMPILE_DEFINITIONS "ONNX_NAMESPACE=onnx;ONNX_ML=1"
    INTERFACE_LINK_LIBRARIES protobuf::libprotobuf)
endif()
