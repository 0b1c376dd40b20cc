/* SPDX-License-Identifier: MIT */
/*
 * Source annotations, which an analyser of another compiler reads. Every name is
 * defined empty here.
 *
 * The oldest generation (__in, __out) uses names that a C++ standard library uses
 * too. See standard.h.
 */
#ifndef SESSIO_NT_SAL_H
#define SESSIO_NT_SAL_H

/* A Windows C library has an empty set of its own, with other parameter names. */
#if defined(_WIN32)
#pragma GCC system_header
#endif

/* Parameters, results and fields. */
#define _In_
#define _Out_
#define _Inout_
#define _In_opt_
#define _Out_opt_
#define _Inout_opt_
#define _In_z_
#define _In_opt_z_
#define _Inout_z_
#define _Inout_opt_z_
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_z_
#define _Outptr_result_nullonfailure_
#define _COM_Outptr_
#define _Outref_
#define _Outref_result_maybenull_
#define _Reserved_
#define _Const_
#define _Ret_
#define _Ret_z_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_null_
#define _Ret_valid_
#define _Ret_maybenull_z_
#define _Ret_opt_
#define _Check_return_
#define _Check_return_opt_
#define _Must_inspect_result_
#define _Pre_
#define _Post_
#define _Pre_valid_
#define _Pre_opt_valid_
#define _Pre_notnull_
#define _Pre_maybenull_
#define _Pre_null_
#define _Pre_invalid_
#define _Pre_z_
#define _Post_valid_
#define _Post_invalid_
#define _Post_ptr_invalid_
#define _Post_notnull_
#define _Post_maybenull_
#define _Post_null_
#define _Post_z_
#define _Prepost_valid_
#define _Prepost_z_
#define _Deref_pre_z_
#define _Deref_post_z_
#define _Deref_out_
#define _Deref_opt_out_
#define _Notnull_
#define _Maybenull_
#define _Null_
#define _Valid_
#define _Notvalid_
#define _NullNull_terminated_
#define _Null_terminated_
#define _Printf_format_string_
#define _Scanf_format_string_
#define _Field_z_
#define _Points_to_data_
#define _Literal_
#define _Notliteral_
#define _Always_(...)
#define _Use_decl_annotations_
#define _Interlocked_
#define _Interlocked_operand_
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define _Iterator_
#define _Enum_is_bitflag_
#define _Strict_type_match_
#define _Rank_(n)
#define _Requires_no_locks_held_
#define _No_competing_thread_
#define _No_competing_thread_begin_
#define _No_competing_thread_end_
#define _Benign_race_begin_
#define _Benign_race_end_
#define _Has_lock_level_(n)
#define _Analysis_noreturn_
#define _Success_(expr)
#define _Return_type_success_(expr)
#define _On_failure_(...)
#define _When_(expr, ...)
#define _At_(target, ...)
#define _At_buffer_(target, iter, bound, ...)
#define _Group_(...)
#define _Struct_size_bytes_(size)
#define _Readable_bytes_(size)
#define _Readable_elements_(size)
#define _Writable_bytes_(size)
#define _Writable_elements_(size)
#define _Range_(lo, hi)
#define _In_range_(lo, hi)
#define _Out_range_(lo, hi)
#define _Ret_range_(lo, hi)
#define _Deref_in_range_(lo, hi)
#define _Deref_out_range_(lo, hi)
#define _Field_range_(lo, hi)
#define _Pre_equal_to_(expr)
#define _Post_equal_to_(expr)
#define _Unchanged_(expr)
#define _Pre_satisfies_(expr)
#define _Post_satisfies_(expr)
#define _Satisfies_(expr)
#define _Kernel_float_saved_
#define _Kernel_float_restored_
#define _Kernel_float_used_

/* The same with a size, and with how much of it is filled. */
#define _In_reads_(size)
#define _In_reads_opt_(size)
#define _In_reads_bytes_(size)
#define _In_reads_bytes_opt_(size)
#define _In_reads_z_(size)
#define _In_reads_opt_z_(size)
#define _In_reads_or_z_(size)
#define _In_reads_or_z_opt_(size)
#define _Out_writes_(size)
#define _Out_writes_opt_(size)
#define _Out_writes_bytes_(size)
#define _Out_writes_bytes_opt_(size)
#define _Out_writes_z_(size)
#define _Out_writes_opt_z_(size)
#define _Out_writes_all_(size)
#define _Out_writes_all_opt_(size)
#define _Out_writes_bytes_all_(size)
#define _Out_writes_bytes_all_opt_(size)
#define _Inout_updates_(size)
#define _Inout_updates_opt_(size)
#define _Inout_updates_z_(size)
#define _Inout_updates_opt_z_(size)
#define _Inout_updates_all_(size)
#define _Inout_updates_bytes_(size)
#define _Inout_updates_bytes_opt_(size)
#define _Inout_updates_bytes_all_(size)
#define _Outptr_result_buffer_(size)
#define _Outptr_result_buffer_maybenull_(size)
#define _Outptr_result_bytebuffer_(size)
#define _Outptr_result_bytebuffer_maybenull_(size)
#define _Outptr_opt_result_buffer_(size)
#define _Outptr_opt_result_bytebuffer_(size)
#define _Field_size_(size)
#define _Field_size_opt_(size)
#define _Field_size_bytes_(size)
#define _Field_size_bytes_opt_(size)
#define _Field_size_full_(size)
#define _Field_size_bytes_full_(size)
#define _Ret_writes_(size)
#define _Ret_writes_bytes_(size)
#define _Ret_writes_maybenull_(size)
#define _Ret_writes_bytes_maybenull_(size)
#define _Ret_writes_z_(size)
#define _Post_readable_size_(size)
#define _Post_readable_byte_size_(size)
#define _Post_writable_size_(size)
#define _Post_writable_byte_size_(size)
#define _Pre_readable_size_(size)
#define _Pre_readable_byte_size_(size)
#define _Pre_writable_size_(size)
#define _Pre_writable_byte_size_(size)
#define _Deref_post_bytecap_(size)
#define _In_bytecount_(size)
#define _In_count_(size)
#define _Out_cap_(size)
#define _Out_bytecap_(size)
#define _Out_writes_to_(size, count)
#define _Out_writes_to_opt_(size, count)
#define _Out_writes_bytes_to_(size, count)
#define _Out_writes_bytes_to_opt_(size, count)
#define _Inout_updates_to_(size, count)
#define _Inout_updates_bytes_to_(size, count)
#define _Outptr_result_buffer_to_(size, count)
#define _Outptr_result_bytebuffer_to_(size, count)
#define _Field_size_part_(size, count)
#define _Field_size_bytes_part_(size, count)
#define _Ret_writes_to_(size, count)
#define _Ret_writes_bytes_to_(size, count)
#define _Out_writes_bytes_all_to_(size, count)

/* For drivers only: interrupt levels, locks, kinds of function. */
#define _IRQL_requires_max_(irql)
#define _IRQL_requires_min_(irql)
#define _IRQL_requires_(irql)
#define _IRQL_requires_same_
#define _IRQL_raises_(irql)
#define _IRQL_saves_
#define _IRQL_restores_
#define _IRQL_saves_global_(kind, param)
#define _IRQL_restores_global_(kind, param)
#define _IRQL_always_function_max_(irql)
#define _IRQL_always_function_min_(irql)
#define _IRQL_is_cancel_
#define _IRQL_uses_cancel_
#define _IRQL_inout_
#define _Function_class_(kind)
#define _Dispatch_type_(kind)
#define _Static_dispatch_type_(kind)
#define _Acquires_lock_(lock)
#define _Releases_lock_(lock)
#define _Requires_lock_held_(lock)
#define _Requires_lock_not_held_(lock)
#define _Acquires_exclusive_lock_(lock)
#define _Acquires_shared_lock_(lock)
#define _Acquires_nonreentrant_lock_(lock)
#define _Releases_exclusive_lock_(lock)
#define _Releases_shared_lock_(lock)
#define _Releases_nonreentrant_lock_(lock)
#define _Requires_exclusive_lock_held_(lock)
#define _Requires_shared_lock_held_(lock)
#define _Global_lock_(lock)
#define _Guarded_by_(lock)
#define _Write_guarded_by_(lock)
#define _Lock_level_order_(a, b)
#define _Create_lock_level_(level)
#define _Internal_lock_level_order_(a, b)
#define _Has_lock_kind_(kind)
#define _Kernel_requires_resource_held_(kind)
#define _Kernel_requires_resource_not_held_(kind)
#define _Kernel_acquires_resource_(kind)
#define _Kernel_releases_resource_(kind)
#define _Kernel_clear_do_init_(yesno)
#define _Kernel_IoGetDmaAdapter_
#define _Acquires_(res)
#define _Releases_(res)
#define _Enter_
#define __drv_aliasesMem
#define __drv_allocatesMem(kind)
#define __drv_freesMem(kind)
#define __drv_acquiresExclusiveResource(kind)
#define __drv_releasesExclusiveResource(kind)
#define __drv_requiresIRQL(irql)
#define __drv_maxIRQL(irql)
#define __drv_minIRQL(irql)
#define __drv_raisesIRQL(irql)
#define __drv_sameIRQL
#define __drv_savesIRQL
#define __drv_restoresIRQL
#define __drv_setsIRQL(irql)
#define __drv_maxFunctionIRQL(irql)
#define __drv_minFunctionIRQL(irql)
#define __drv_useCancelIRQL
#define __drv_isCancelIRQL
#define __drv_functionClass(kind)
#define __drv_dispatchType(kind)
#define __drv_dispatchType_other
#define __drv_clearDoInit(yesno)
#define __drv_mustHold(kind)
#define __drv_neverHold(kind)
#define __drv_mustHoldCriticalRegion
#define __drv_neverHoldCriticalRegion
#define __drv_acquiresCriticalRegion
#define __drv_releasesCriticalRegion
#define __drv_acquiresResource(kind)
#define __drv_releasesResource(kind)
#define __drv_interlocked
#define __drv_inTry
#define __drv_notInTry
#define __drv_notPointer
#define __drv_isObjectPointer
#define __drv_constant
#define __drv_nonConstant
#define __drv_strictType(type, mode)
#define __drv_strictTypeMatch(mode)
#define __drv_typeConst
#define __drv_typeExpr
#define __drv_typeCond
#define __drv_typeBitset
#define __drv_callbackType(kind)
#define __drv_unit(p)
#define __drv_preferredFunction(fn, why)
#define __drv_reportError(why)
#define __drv_reserved
#define __drv_valueIs(list)
#define __drv_when(expr, ...)
#define __drv_at(target, ...)
#define __drv_in(...)
#define __drv_out(...)
#define __drv_inout(...)
#define __drv_ret(...)
#define __drv_arg(target, ...)
#define __drv_fun(...)
#define __drv_deref(...)
#define __drv_in_deref(...)
#define __drv_out_deref(...)
#define __drv_innerMustHoldGlobal(kind, param)
#define __drv_mustHoldGlobal(kind, param)
#define __drv_neverHoldGlobal(kind, param)
#define __drv_acquiresExclusiveResourceGlobal(kind, param)
#define __drv_releasesExclusiveResourceGlobal(kind, param)
#define __drv_declspec(x)
#define __drv_freesMem_opt

/* The generation before, up to the Windows 7 kits. */
#define __in
#define __out
#define __inout
#define __in_opt
#define __out_opt
#define __inout_opt
#define __deref_out
#define __deref_out_opt
#define __deref_opt_out
#define __deref_opt_out_opt
#define __deref_inout
#define __deref_in
#define __in_z
#define __in_z_opt
#define __inout_z
#define __out_z
#define __checkReturn
#define __success(expr)
#define __nullterminated
#define __notnull
#define __maybenull
#define __callback
#define __in_bcount(size)
#define __in_bcount_opt(size)
#define __in_ecount(size)
#define __in_ecount_opt(size)
#define __out_bcount(size)
#define __out_bcount_opt(size)
#define __out_ecount(size)
#define __out_ecount_opt(size)
#define __inout_bcount(size)
#define __inout_bcount_opt(size)
#define __inout_ecount(size)
#define __inout_ecount_opt(size)
#define __out_bcount_part(size, count)
#define __out_ecount_part(size, count)
#define __out_bcount_part_opt(size, count)
#define __out_ecount_part_opt(size, count)
#define __out_bcount_full(size)
#define __out_ecount_full(size)
#define __deref_out_bcount(size)
#define __deref_out_ecount(size)
#define __field_bcount(size)
#define __field_ecount(size)
#define __field_bcount_part(size, count)
#define __field_ecount_part(size, count)
#define __field_range(lo, hi)
#define __in_range(lo, hi)
#define __range(lo, hi)
#define __struct_bcount(size)
#define __in_data_source(kind)
#define __out_data_source(kind)
#define __analysis_noreturn
#define __format_string
#define __post_invalid
#define __kernel_entry

/* Advice to the analyser in the middle of code. */
#define _Analysis_assume_(expr) ((void)0)
#define _Analysis_assume_nullterminated_(expr) ((void)0)
#define _Analysis_assume_lock_held_(lock) ((void)0)
#define _Analysis_assume_lock_not_held_(lock) ((void)0)
#define _Analysis_assume_lock_acquired_(lock) ((void)0)
#define _Analysis_assume_lock_released_(lock) ((void)0)
#define _Analysis_mode_(mode)
#define __analysis_assume(expr) ((void)0)

#endif /* SESSIO_NT_SAL_H */
