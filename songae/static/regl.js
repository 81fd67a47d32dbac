/*! regl@2.1.1, bundled by make static

The MIT License (MIT)

Copyright (c) 2016 Mikola Lysenko

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
THE SOFTWARE.
*/
var createREGL=(()=>{var hs=(Ae,He)=>()=>{try{return He||Ae((He={exports:{}}).exports,He),He.exports}catch(st){throw He=0,st}};var _s=hs((Tn,bn)=>{(function(Ae,He){typeof Tn=="object"&&typeof bn<"u"?bn.exports=He():typeof define=="function"&&define.
amd?define(He):Ae.createREGL=He()})(Tn,(function(){"use strict";var Ae=function(e,u){for(var c=Object.keys(u),R=0;R<c.length;++R)
e[c[R]]=u[c[R]];return e},He=0,st=0,mi=5,Ei=6;function ir(e,u){this.id=He++,this.type=e,this.data=u}function xn(e){return e.
replace(/\\/g,"\\\\").replace(/"/g,'\\"')}function gr(e){if(e.length===0)return[];var u=e.charAt(0),c=e.charAt(e.length-
1);if(e.length>1&&u===c&&(u==='"'||u==="'"))return['"'+xn(e.substr(1,e.length-2))+'"'];var R=/\[(false|true|null|\d+|'[^']*'|"[^"]*")\]/.
exec(e);if(R)return gr(e.substr(0,R.index)).concat(gr(R[1])).concat(gr(e.substr(R.index+R[0].length)));var g=e.split(".");
if(g.length===1)return['"'+xn(e)+'"'];for(var b=[],x=0;x<g.length;++x)b=b.concat(gr(g[x]));return b}function Sn(e){return"\
["+gr(e).join("][")+"]"}function Ai(e,u){return new ir(e,Sn(u+""))}function yi(e){return typeof e=="function"&&!e._reglType||
e instanceof ir}function Ln(e,u){if(typeof e=="function")return new ir(st,e);if(typeof e=="number"||typeof e=="boolean")
return new ir(mi,e);if(Array.isArray(e))return new ir(Ei,e.map(function(c,R){return Ln(c,u+"["+R+"]")}));if(e instanceof
ir)return e}var ke={DynamicVariable:ir,define:Ai,isDynamic:yi,unbox:Ln,accessor:Sn},lt={next:typeof requestAnimationFrame==
"function"?function(e){return requestAnimationFrame(e)}:function(e){return setTimeout(e,16)},cancel:typeof cancelAnimationFrame==
"function"?function(e){return cancelAnimationFrame(e)}:clearTimeout},Rn=typeof performance<"u"&&performance.now?function(){
return performance.now()}:function(){return+new Date};function Ti(){var e={"":0},u=[""];return{id:function(c){var R=e[c];
return R||(R=e[c]=u.length,u.push(c),R)},str:function(c){return u[c]}}}function bi(e,u,c){var R=document.createElement("\
canvas");Ae(R.style,{border:0,margin:0,padding:0,top:0,left:0,width:"100%",height:"100%"}),e.appendChild(R),e===document.
body&&(R.style.position="absolute",Ae(e.style,{margin:0,padding:0}));function g(){var D=window.innerWidth,k=window.innerHeight;
if(e!==document.body){var N=R.getBoundingClientRect();D=N.right-N.left,k=N.bottom-N.top}R.width=c*D,R.height=c*k}var b;e!==
document.body&&typeof ResizeObserver=="function"?(b=new ResizeObserver(function(){setTimeout(g)}),b.observe(e)):window.addEventListener(
"resize",g,!1);function x(){b?b.disconnect():window.removeEventListener("resize",g),e.removeChild(R)}return g(),{canvas:R,
onDestroy:x}}function xi(e,u){function c(R){try{return e.getContext(R,u)}catch{return null}}return c("webgl")||c("experi\
mental-webgl")||c("webgl-experimental")}function Si(e){return typeof e.nodeName=="string"&&typeof e.appendChild=="functi\
on"&&typeof e.getBoundingClientRect=="function"}function Li(e){return typeof e.drawArrays=="function"||typeof e.drawElements==
"function"}function On(e){return typeof e=="string"?e.split():e}function wn(e){return typeof e=="string"?document.querySelector(
e):e}function Ri(e){var u=e||{},c,R,g,b,x={},D=[],k=[],N=typeof window>"u"?1:window.devicePixelRatio,ee=!1,W=function(F){},
X=function(){};if(typeof u=="string"?c=document.querySelector(u):typeof u=="object"&&(Si(u)?c=u:Li(u)?(b=u,g=b.canvas):("\
gl"in u?b=u.gl:"canvas"in u?g=wn(u.canvas):"container"in u&&(R=wn(u.container)),"attributes"in u&&(x=u.attributes),"exte\
nsions"in u&&(D=On(u.extensions)),"optionalExtensions"in u&&(k=On(u.optionalExtensions)),"onDone"in u&&(W=u.onDone),"pro\
file"in u&&(ee=!!u.profile),"pixelRatio"in u&&(N=+u.pixelRatio))),c&&(c.nodeName.toLowerCase()==="canvas"?g=c:R=c),!b){if(!g){
var G=bi(R||document.body,W,N);if(!G)return null;g=G.canvas,X=G.onDestroy}x.premultipliedAlpha===void 0&&(x.premultipliedAlpha=
!0),b=xi(g,x)}return b?{gl:b,canvas:g,container:R,extensions:D,optionalExtensions:k,pixelRatio:N,profile:ee,onDone:W,onDestroy:X}:
(X(),W("webgl not supported, try upgrading your browser or graphics drivers http://get.webgl.org"),null)}function Oi(e,u){
var c={};function R(x){var D=x.toLowerCase(),k;try{k=c[D]=e.getExtension(D)}catch{}return!!k}for(var g=0;g<u.extensions.
length;++g){var b=u.extensions[g];if(!R(b))return u.onDestroy(),u.onDone('"'+b+'" extension is not supported by the curr\
ent WebGL context, try upgrading your system or a different browser'),null}return u.optionalExtensions.forEach(R),{extensions:c,
restore:function(){Object.keys(c).forEach(function(x){if(c[x]&&!R(x))throw new Error("(regl): error restoring extension "+
x)})}}}function Ue(e,u){for(var c=Array(e),R=0;R<e;++R)c[R]=u(R);return c}var wi=5120,gi=5121,Ci=5122,Gi=5123,Fi=5124,Di=5125,
Bi=5126;function Ni(e){for(var u=16;u<=1<<28;u*=16)if(e<=u)return u;return 0}function gn(e){var u,c;return u=(e>65535)<<
4,e>>>=u,c=(e>255)<<3,e>>>=c,u|=c,c=(e>15)<<2,e>>>=c,u|=c,c=(e>3)<<1,e>>>=c,u|=c,u|e>>1}function Cn(){var e=Ue(8,function(){
return[]});function u(b){var x=Ni(b),D=e[gn(x)>>2];return D.length>0?D.pop():new ArrayBuffer(x)}function c(b){e[gn(b.byteLength)>>
2].push(b)}function R(b,x){var D=null;switch(b){case wi:D=new Int8Array(u(x),0,x);break;case gi:D=new Uint8Array(u(x),0,
x);break;case Ci:D=new Int16Array(u(2*x),0,x);break;case Gi:D=new Uint16Array(u(2*x),0,x);break;case Fi:D=new Int32Array(
u(4*x),0,x);break;case Di:D=new Uint32Array(u(4*x),0,x);break;case Bi:D=new Float32Array(u(4*x),0,x);break;default:return null}
return D.length!==x?D.subarray(0,x):D}function g(b){c(b.buffer)}return{alloc:u,free:c,allocType:R,freeType:g}}var Te=Cn();
Te.zero=Cn();var Ii=3408,Pi=3410,Mi=3411,ki=3412,Ui=3413,Vi=3414,Xi=3415,Hi=33901,zi=33902,Wi=3379,$i=3386,ji=34921,Yi=36347,
Qi=36348,qi=35661,Ki=35660,Zi=34930,Ji=36349,ef=34076,rf=34024,tf=7936,nf=7937,af=7938,ff=35724,uf=34047,sf=36063,lf=34852,
kr=3553,Gn=34067,of=34069,cf=33984,Cr=6408,ot=5126,Fn=5121,ct=36160,vf=36053,df=36064,hf=16384,_f=function(e,u){var c=1;
u.ext_texture_filter_anisotropic&&(c=e.getParameter(uf));var R=1,g=1;u.webgl_draw_buffers&&(R=e.getParameter(lf),g=e.getParameter(
sf));var b=!!u.oes_texture_float;if(b){var x=e.createTexture();e.bindTexture(kr,x),e.texImage2D(kr,0,Cr,1,1,0,Cr,ot,null);
var D=e.createFramebuffer();if(e.bindFramebuffer(ct,D),e.framebufferTexture2D(ct,df,kr,x,0),e.bindTexture(kr,null),e.checkFramebufferStatus(
ct)!==vf)b=!1;else{e.viewport(0,0,1,1),e.clearColor(1,0,0,1),e.clear(hf);var k=Te.allocType(ot,4);e.readPixels(0,0,1,1,Cr,
ot,k),e.getError()?b=!1:(e.deleteFramebuffer(D),e.deleteTexture(x),b=k[0]===1),Te.freeType(k)}}var N=typeof navigator<"u"&&
(/MSIE/.test(navigator.userAgent)||/Trident\//.test(navigator.appVersion)||/Edge/.test(navigator.userAgent)),ee=!0;if(!N){
var W=e.createTexture(),X=Te.allocType(Fn,36);e.activeTexture(cf),e.bindTexture(Gn,W),e.texImage2D(of,0,Cr,3,3,0,Cr,Fn,X),
Te.freeType(X),e.bindTexture(Gn,null),e.deleteTexture(W),ee=!e.getError()}return{colorBits:[e.getParameter(Pi),e.getParameter(
Mi),e.getParameter(ki),e.getParameter(Ui)],depthBits:e.getParameter(Vi),stencilBits:e.getParameter(Xi),subpixelBits:e.getParameter(
Ii),extensions:Object.keys(u).filter(function(G){return!!u[G]}),maxAnisotropic:c,maxDrawbuffers:R,maxColorAttachments:g,
pointSizeDims:e.getParameter(Hi),lineWidthDims:e.getParameter(zi),maxViewportDims:e.getParameter($i),maxCombinedTextureUnits:e.
getParameter(qi),maxCubeMapSize:e.getParameter(ef),maxRenderbufferSize:e.getParameter(rf),maxTextureUnits:e.getParameter(
Zi),maxTextureSize:e.getParameter(Wi),maxAttributes:e.getParameter(ji),maxVertexUniforms:e.getParameter(Yi),maxVertexTextureUnits:e.
getParameter(Ki),maxVaryingVectors:e.getParameter(Qi),maxFragmentUniforms:e.getParameter(Ji),glsl:e.getParameter(ff),renderer:e.
getParameter(nf),vendor:e.getParameter(tf),version:e.getParameter(af),readFloat:b,npotTextureCube:ee}},Ie=function(e){return e instanceof
Uint8Array||e instanceof Uint16Array||e instanceof Uint32Array||e instanceof Int8Array||e instanceof Int16Array||e instanceof
Int32Array||e instanceof Float32Array||e instanceof Float64Array||e instanceof Uint8ClampedArray};function je(e){return!!e&&
typeof e=="object"&&Array.isArray(e.shape)&&Array.isArray(e.stride)&&typeof e.offset=="number"&&e.shape.length===e.stride.
length&&(Array.isArray(e.data)||Ie(e.data))}var Ve=function(e){return Object.keys(e).map(function(u){return e[u]})},Ur={
shape:Af,flatten:Ef};function pf(e,u,c){for(var R=0;R<u;++R)c[R]=e[R]}function mf(e,u,c,R){for(var g=0,b=0;b<u;++b)for(var x=e[b],
D=0;D<c;++D)R[g++]=x[D]}function Dn(e,u,c,R,g,b){for(var x=b,D=0;D<u;++D)for(var k=e[D],N=0;N<c;++N)for(var ee=k[N],W=0;W<
R;++W)g[x++]=ee[W]}function Bn(e,u,c,R,g){for(var b=1,x=c+1;x<u.length;++x)b*=u[x];var D=u[c];if(u.length-c===4){var k=u[c+
1],N=u[c+2],ee=u[c+3];for(x=0;x<D;++x)Dn(e[x],k,N,ee,R,g),g+=b}else for(x=0;x<D;++x)Bn(e[x],u,c+1,R,g),g+=b}function Ef(e,u,c,R){
var g=1;if(u.length)for(var b=0;b<u.length;++b)g*=u[b];else g=0;var x=R||Te.allocType(c,g);switch(u.length){case 0:break;case 1:
pf(e,u[0],x);break;case 2:mf(e,u[0],u[1],x);break;case 3:Dn(e,u[0],u[1],u[2],x,0);break;default:Bn(e,u,0,x,0)}return x}function Af(e){
for(var u=[],c=e;c.length;c=c[0])u.push(c.length);return u}var vt={"[object Int8Array]":5120,"[object Int16Array]":5122,
"[object Int32Array]":5124,"[object Uint8Array]":5121,"[object Uint8ClampedArray]":5121,"[object Uint16Array]":5123,"[ob\
ject Uint32Array]":5125,"[object Float32Array]":5126,"[object Float64Array]":5121,"[object ArrayBuffer]":5121},yf=5120,Tf=5122,
bf=5124,xf=5121,Sf=5123,Lf=5125,Rf=5126,Of=5126,Vr={int8:yf,int16:Tf,int32:bf,uint8:xf,uint16:Sf,uint32:Lf,float:Rf,float32:Of},
wf=35048,gf=35040,Nn={dynamic:wf,stream:gf,static:35044},dt=Ur.flatten,In=Ur.shape,Pn=35044,Cf=35040,ht=5121,_t=5126,Ze=[];
Ze[5120]=1,Ze[5122]=2,Ze[5124]=4,Ze[5121]=1,Ze[5123]=2,Ze[5125]=4,Ze[5126]=4;function Xr(e){return vt[Object.prototype.toString.
call(e)]|0}function Mn(e,u){for(var c=0;c<u.length;++c)e[c]=u[c]}function kn(e,u,c,R,g,b,x){for(var D=0,k=0;k<c;++k)for(var N=0;N<
R;++N)e[D++]=u[g*k+b*N+x]}function Gf(e,u,c,R){var g=0,b={};function x(_){this.id=g++,this.buffer=e.createBuffer(),this.
type=_,this.usage=Pn,this.byteLength=0,this.dimension=1,this.dtype=ht,this.persistentData=null,c.profile&&(this.stats={size:0})}
x.prototype.bind=function(){e.bindBuffer(this.type,this.buffer)},x.prototype.destroy=function(){X(this)};var D=[];function k(_,y){
var C=D.pop();return C||(C=new x(_)),C.bind(),W(C,y,Cf,0,1,!1),C}function N(_){D.push(_)}function ee(_,y,C){_.byteLength=
y.byteLength,e.bufferData(_.type,y,C)}function W(_,y,C,H,O,$){var U;if(_.usage=C,Array.isArray(y)){if(_.dtype=H||_t,y.length>
0){var ae;if(Array.isArray(y[0])){U=In(y);for(var S=1,T=1;T<U.length;++T)S*=U[T];_.dimension=S,ae=dt(y,U,_.dtype),ee(_,ae,
C),$?_.persistentData=ae:Te.freeType(ae)}else if(typeof y[0]=="number"){_.dimension=O;var j=Te.allocType(_.dtype,y.length);
Mn(j,y),ee(_,j,C),$?_.persistentData=j:Te.freeType(j)}else Ie(y[0])&&(_.dimension=y[0].length,_.dtype=H||Xr(y[0])||_t,ae=
dt(y,[y.length,y[0].length],_.dtype),ee(_,ae,C),$?_.persistentData=ae:Te.freeType(ae))}}else if(Ie(y))_.dtype=H||Xr(y),_.
dimension=O,ee(_,y,C),$&&(_.persistentData=new Uint8Array(new Uint8Array(y.buffer)));else if(je(y)){U=y.shape;var B=y.stride,
w=y.offset,V=0,P=0,le=0,ue=0;U.length===1?(V=U[0],P=1,le=B[0],ue=0):U.length===2&&(V=U[0],P=U[1],le=B[0],ue=B[1]),_.dtype=
H||Xr(y.data)||_t,_.dimension=P;var I=Te.allocType(_.dtype,V*P);kn(I,y.data,V,P,le,ue,w),ee(_,I,C),$?_.persistentData=I:
Te.freeType(I)}else y instanceof ArrayBuffer&&(_.dtype=ht,_.dimension=O,ee(_,y,C),$&&(_.persistentData=new Uint8Array(new Uint8Array(
y))))}function X(_){u.bufferCount--,R(_);var y=_.buffer;e.deleteBuffer(y),_.buffer=null,delete b[_.id]}function G(_,y,C,H){
u.bufferCount++;var O=new x(y);b[O.id]=O;function $(S){var T=Pn,j=null,B=0,w=0,V=1;return Array.isArray(S)||Ie(S)||je(S)||
S instanceof ArrayBuffer?j=S:typeof S=="number"?B=S|0:S&&("data"in S&&(j=S.data),"usage"in S&&(T=Nn[S.usage]),"type"in S&&
(w=Vr[S.type]),"dimension"in S&&(V=S.dimension|0),"length"in S&&(B=S.length|0)),O.bind(),j?W(O,j,T,w,V,H):(B&&e.bufferData(
O.type,B,T),O.dtype=w||ht,O.usage=T,O.dimension=V,O.byteLength=B),c.profile&&(O.stats.size=O.byteLength*Ze[O.dtype]),$}function U(S,T){
e.bufferSubData(O.type,T,S)}function ae(S,T){var j=(T||0)|0,B;if(O.bind(),Ie(S)||S instanceof ArrayBuffer)U(S,j);else if(Array.
isArray(S)){if(S.length>0){if(typeof S[0]=="number"){var w=Te.allocType(O.dtype,S.length);Mn(w,S),U(w,j),Te.freeType(w)}else if(Array.
isArray(S[0])||Ie(S[0])){B=In(S);var V=dt(S,B,O.dtype);U(V,j),Te.freeType(V)}}}else if(je(S)){B=S.shape;var P=S.stride,le=0,
ue=0,I=0,Y=0;B.length===1?(le=B[0],ue=1,I=P[0],Y=0):B.length===2&&(le=B[0],ue=B[1],I=P[0],Y=P[1]);var oe=Array.isArray(S.
data)?O.dtype:Xr(S.data),ie=Te.allocType(oe,le*ue);kn(ie,S.data,le,ue,I,Y,S.offset),U(ie,j),Te.freeType(ie)}return $}return C||
$(_),$._reglType="buffer",$._buffer=O,$.subdata=ae,c.profile&&($.stats=O.stats),$.destroy=function(){X(O)},$}function F(){
Ve(b).forEach(function(_){_.buffer=e.createBuffer(),e.bindBuffer(_.type,_.buffer),e.bufferData(_.type,_.persistentData||
_.byteLength,_.usage)})}return c.profile&&(u.getTotalBufferSize=function(){var _=0;return Object.keys(b).forEach(function(y){
_+=b[y].stats.size}),_}),{create:G,createStream:k,destroyStream:N,clear:function(){Ve(b).forEach(X),D.forEach(X)},getBuffer:function(_){
return _&&_._buffer instanceof x?_._buffer:null},restore:F,_initBuffer:W}}var Ff=0,Df=0,Bf=1,Nf=1,If=4,Pf=4,Hr={points:Ff,
point:Df,lines:Bf,line:Nf,triangles:If,triangle:Pf,"line loop":2,"line strip":3,"triangle strip":5,"triangle fan":6},Mf=0,
kf=1,Gr=4,Uf=5120,or=5121,Un=5122,cr=5123,Vn=5124,vr=5125,pt=34963,Vf=35040,Xf=35044;function Hf(e,u,c,R){var g={},b=0,x={
uint8:or,uint16:cr};u.oes_element_index_uint&&(x.uint32=vr);function D(F){this.id=b++,g[this.id]=this,this.buffer=F,this.
primType=Gr,this.vertCount=0,this.type=0}D.prototype.bind=function(){this.buffer.bind()};var k=[];function N(F){var _=k.
pop();return _||(_=new D(c.create(null,pt,!0,!1)._buffer)),W(_,F,Vf,-1,-1,0,0),_}function ee(F){k.push(F)}function W(F,_,y,C,H,O,$){
F.buffer.bind();var U;if(_){var ae=$;!$&&(!Ie(_)||je(_)&&!Ie(_.data))&&(ae=u.oes_element_index_uint?vr:cr),c._initBuffer(
F.buffer,_,y,ae,3)}else e.bufferData(pt,O,y),F.buffer.dtype=U||or,F.buffer.usage=y,F.buffer.dimension=3,F.buffer.byteLength=
O;if(U=$,!$){switch(F.buffer.dtype){case or:case Uf:U=or;break;case cr:case Un:U=cr;break;case vr:case Vn:U=vr;break;default:}
F.buffer.dtype=U}F.type=U;var S=H;S<0&&(S=F.buffer.byteLength,U===cr?S>>=1:U===vr&&(S>>=2)),F.vertCount=S;var T=C;if(C<0){
T=Gr;var j=F.buffer.dimension;j===1&&(T=Mf),j===2&&(T=kf),j===3&&(T=Gr)}F.primType=T}function X(F){R.elementsCount--,delete g[F.
id],F.buffer.destroy(),F.buffer=null}function G(F,_){var y=c.create(null,pt,!0),C=new D(y._buffer);R.elementsCount++;function H(O){
if(!O)y(),C.primType=Gr,C.vertCount=0,C.type=or;else if(typeof O=="number")y(O),C.primType=Gr,C.vertCount=O|0,C.type=or;else{
var $=null,U=Xf,ae=-1,S=-1,T=0,j=0;Array.isArray(O)||Ie(O)||je(O)?$=O:("data"in O&&($=O.data),"usage"in O&&(U=Nn[O.usage]),
"primitive"in O&&(ae=Hr[O.primitive]),"count"in O&&(S=O.count|0),"type"in O&&(j=x[O.type]),"length"in O?T=O.length|0:(T=
S,j===cr||j===Un?T*=2:(j===vr||j===Vn)&&(T*=4))),W(C,$,U,ae,S,T,j)}return H}return H(F),H._reglType="elements",H._elements=
C,H.subdata=function(O,$){return y.subdata(O,$),H},H.destroy=function(){X(C)},H}return{create:G,createStream:N,destroyStream:ee,
getElements:function(F){return typeof F=="function"&&F._elements instanceof D?F._elements:null},clear:function(){Ve(g).forEach(
X)}}}var Xn=new Float32Array(1),zf=new Uint32Array(Xn.buffer),Wf=5123;function Hn(e){for(var u=Te.allocType(Wf,e.length),
c=0;c<e.length;++c)if(isNaN(e[c]))u[c]=65535;else if(e[c]===1/0)u[c]=31744;else if(e[c]===-1/0)u[c]=64512;else{Xn[0]=e[c];
var R=zf[0],g=R>>>31<<15,b=(R<<1>>>24)-127,x=R>>13&1023;if(b<-24)u[c]=g;else if(b<-14){var D=-14-b;u[c]=g+(x+1024>>D)}else
b>15?u[c]=g+31744:u[c]=g+(b+15<<10)+x}return u}function Je(e){return Array.isArray(e)||Ie(e)}var $f=34467,$e=3553,mt=34067,
zr=34069,fr=6408,Et=6406,Wr=6407,Fr=6409,$r=6410,zn=32854,At=32855,Wn=36194,jf=32819,Yf=32820,Qf=33635,qf=34042,yt=6402,
jr=34041,Tt=35904,bt=35906,dr=36193,xt=33776,St=33777,Lt=33778,Rt=33779,$n=35986,jn=35987,Yn=34798,Qn=35840,qn=35841,Kn=35842,
Zn=35843,Jn=36196,hr=5121,Ot=5123,wt=5125,Dr=5126,Kf=10242,Zf=10243,Jf=10497,gt=33071,eu=33648,ru=10240,tu=10241,Ct=9728,
nu=9729,Gt=9984,ea=9985,ra=9986,Ft=9987,au=33170,Yr=4352,iu=4353,fu=4354,uu=34046,su=3317,lu=37440,ou=37441,cu=37443,ta=37444,
Br=33984,vu=[Gt,ra,ea,Ft],Qr=[0,Fr,$r,Wr,fr],ze={};ze[Fr]=ze[Et]=ze[yt]=1,ze[jr]=ze[$r]=2,ze[Wr]=ze[Tt]=3,ze[fr]=ze[bt]=
4;function _r(e){return"[object "+e+"]"}var na=_r("HTMLCanvasElement"),aa=_r("OffscreenCanvas"),ia=_r("CanvasRenderingCo\
ntext2D"),fa=_r("ImageBitmap"),ua=_r("HTMLImageElement"),sa=_r("HTMLVideoElement"),du=Object.keys(vt).concat([na,aa,ia,fa,
ua,sa]),pr=[];pr[hr]=1,pr[Dr]=4,pr[dr]=2,pr[Ot]=2,pr[wt]=4;var ge=[];ge[zn]=2,ge[At]=2,ge[Wn]=2,ge[jr]=4,ge[xt]=.5,ge[St]=
.5,ge[Lt]=1,ge[Rt]=1,ge[$n]=.5,ge[jn]=1,ge[Yn]=1,ge[Qn]=.5,ge[qn]=.25,ge[Kn]=.5,ge[Zn]=.25,ge[Jn]=.5;function la(e){return Array.
isArray(e)&&(e.length===0||typeof e[0]=="number")}function oa(e){if(!Array.isArray(e))return!1;var u=e.length;return!(u===
0||!Je(e[0]))}function ur(e){return Object.prototype.toString.call(e)}function ca(e){return ur(e)===na}function va(e){return ur(
e)===aa}function hu(e){return ur(e)===ia}function _u(e){return ur(e)===fa}function pu(e){return ur(e)===ua}function mu(e){
return ur(e)===sa}function Dt(e){if(!e)return!1;var u=ur(e);return du.indexOf(u)>=0?!0:la(e)||oa(e)||je(e)}function da(e){
return vt[Object.prototype.toString.call(e)]|0}function Eu(e,u){var c=u.length;switch(e.type){case hr:case Ot:case wt:case Dr:
var R=Te.allocType(e.type,c);R.set(u),e.data=R;break;case dr:e.data=Hn(u);break;default:}}function ha(e,u){return Te.allocType(
e.type===dr?Dr:e.type,u)}function _a(e,u){e.type===dr?(e.data=Hn(u),Te.freeType(u)):e.data=u}function Au(e,u,c,R,g,b){for(var x=e.
width,D=e.height,k=e.channels,N=x*D*k,ee=ha(e,N),W=0,X=0;X<D;++X)for(var G=0;G<x;++G)for(var F=0;F<k;++F)ee[W++]=u[c*G+R*
X+g*F+b];_a(e,ee)}function qr(e,u,c,R,g,b){var x;if(typeof ge[e]<"u"?x=ge[e]:x=ze[e]*pr[u],b&&(x*=6),g){for(var D=0,k=c;k>=
1;)D+=x*k*k,k/=2;return D}else return x*c*R}function yu(e,u,c,R,g,b,x){var D={"don't care":Yr,"dont care":Yr,nice:fu,fast:iu},
k={repeat:Jf,clamp:gt,mirror:eu},N={nearest:Ct,linear:nu},ee=Ae({mipmap:Ft,"nearest mipmap nearest":Gt,"linear mipmap ne\
arest":ea,"nearest mipmap linear":ra,"linear mipmap linear":Ft},N),W={none:0,browser:ta},X={uint8:hr,rgba4:jf,rgb565:Qf,
"rgb5 a1":Yf},G={alpha:Et,luminance:Fr,"luminance alpha":$r,rgb:Wr,rgba:fr,rgba4:zn,"rgb5 a1":At,rgb565:Wn},F={};u.ext_srgb&&
(G.srgb=Tt,G.srgba=bt),u.oes_texture_float&&(X.float32=X.float=Dr),u.oes_texture_half_float&&(X.float16=X["half float"]=
dr),u.webgl_depth_texture&&(Ae(G,{depth:yt,"depth stencil":jr}),Ae(X,{uint16:Ot,uint32:wt,"depth stencil":qf})),u.webgl_compressed_texture_s3tc&&
Ae(F,{"rgb s3tc dxt1":xt,"rgba s3tc dxt1":St,"rgba s3tc dxt3":Lt,"rgba s3tc dxt5":Rt}),u.webgl_compressed_texture_atc&&Ae(
F,{"rgb atc":$n,"rgba atc explicit alpha":jn,"rgba atc interpolated alpha":Yn}),u.webgl_compressed_texture_pvrtc&&Ae(F,{
"rgb pvrtc 4bppv1":Qn,"rgb pvrtc 2bppv1":qn,"rgba pvrtc 4bppv1":Kn,"rgba pvrtc 2bppv1":Zn}),u.webgl_compressed_texture_etc1&&
(F["rgb etc1"]=Jn);var _=Array.prototype.slice.call(e.getParameter($f));Object.keys(F).forEach(function(n){var E=F[n];_.
indexOf(E)>=0&&(G[n]=E)});var y=Object.keys(G);c.textureFormats=y;var C=[];Object.keys(G).forEach(function(n){var E=G[n];
C[E]=n});var H=[];Object.keys(X).forEach(function(n){var E=X[n];H[E]=n});var O=[];Object.keys(N).forEach(function(n){var E=N[n];
O[E]=n});var $=[];Object.keys(ee).forEach(function(n){var E=ee[n];$[E]=n});var U=[];Object.keys(k).forEach(function(n){var E=k[n];
U[E]=n});var ae=y.reduce(function(n,E){var m=G[E];return m===Fr||m===Et||m===Fr||m===$r||m===yt||m===jr||u.ext_srgb&&(m===
Tt||m===bt)?n[m]=m:m===At||E.indexOf("rgba")>=0?n[m]=fr:n[m]=Wr,n},{});function S(){this.internalformat=fr,this.format=fr,
this.type=hr,this.compressed=!1,this.premultiplyAlpha=!1,this.flipY=!1,this.unpackAlignment=1,this.colorSpace=ta,this.width=
0,this.height=0,this.channels=0}function T(n,E){n.internalformat=E.internalformat,n.format=E.format,n.type=E.type,n.compressed=
E.compressed,n.premultiplyAlpha=E.premultiplyAlpha,n.flipY=E.flipY,n.unpackAlignment=E.unpackAlignment,n.colorSpace=E.colorSpace,
n.width=E.width,n.height=E.height,n.channels=E.channels}function j(n,E){if(!(typeof E!="object"||!E)){if("premultiplyAlp\
ha"in E&&(n.premultiplyAlpha=E.premultiplyAlpha),"flipY"in E&&(n.flipY=E.flipY),"alignment"in E&&(n.unpackAlignment=E.alignment),
"colorSpace"in E&&(n.colorSpace=W[E.colorSpace]),"type"in E){var m=E.type;n.type=X[m]}var Z=n.width,_e=n.height,t=n.channels,
r=!1;"shape"in E?(Z=E.shape[0],_e=E.shape[1],E.shape.length===3&&(t=E.shape[2],r=!0)):("radius"in E&&(Z=_e=E.radius),"wi\
dth"in E&&(Z=E.width),"height"in E&&(_e=E.height),"channels"in E&&(t=E.channels,r=!0)),n.width=Z|0,n.height=_e|0,n.channels=
t|0;var i=!1;if("format"in E){var v=E.format,d=n.internalformat=G[v];n.format=ae[d],v in X&&("type"in E||(n.type=X[v])),
v in F&&(n.compressed=!0),i=!0}!r&&i?n.channels=ze[n.format]:r&&!i&&n.channels!==Qr[n.format]&&(n.format=n.internalformat=
Qr[n.channels])}}function B(n){e.pixelStorei(lu,n.flipY),e.pixelStorei(ou,n.premultiplyAlpha),e.pixelStorei(cu,n.colorSpace),
e.pixelStorei(su,n.unpackAlignment)}function w(){S.call(this),this.xOffset=0,this.yOffset=0,this.data=null,this.needsFree=
!1,this.element=null,this.needsCopy=!1}function V(n,E){var m=null;if(Dt(E)?m=E:E&&(j(n,E),"x"in E&&(n.xOffset=E.x|0),"y"in
E&&(n.yOffset=E.y|0),Dt(E.data)&&(m=E.data)),E.copy){var Z=g.viewportWidth,_e=g.viewportHeight;n.width=n.width||Z-n.xOffset,
n.height=n.height||_e-n.yOffset,n.needsCopy=!0}else if(!m)n.width=n.width||1,n.height=n.height||1,n.channels=n.channels||
4;else if(Ie(m))n.channels=n.channels||4,n.data=m,!("type"in E)&&n.type===hr&&(n.type=da(m));else if(la(m))n.channels=n.
channels||4,Eu(n,m),n.alignment=1,n.needsFree=!0;else if(je(m)){var t=m.data;!Array.isArray(t)&&n.type===hr&&(n.type=da(
t));var r=m.shape,i=m.stride,v,d,h,l,o,a;r.length===3?(h=r[2],a=i[2]):(h=1,a=1),v=r[0],d=r[1],l=i[0],o=i[1],n.alignment=
1,n.width=v,n.height=d,n.channels=h,n.format=n.internalformat=Qr[h],n.needsFree=!0,Au(n,t,l,o,a,m.offset)}else if(ca(m)||
va(m)||hu(m))ca(m)||va(m)?n.element=m:n.element=m.canvas,n.width=n.element.width,n.height=n.element.height,n.channels=4;else if(_u(
m))n.element=m,n.width=m.width,n.height=m.height,n.channels=4;else if(pu(m))n.element=m,n.width=m.naturalWidth,n.height=
m.naturalHeight,n.channels=4;else if(mu(m))n.element=m,n.width=m.videoWidth,n.height=m.videoHeight,n.channels=4;else if(oa(
m)){var s=n.width||m[0].length,f=n.height||m.length,A=n.channels;Je(m[0][0])?A=A||m[0][0].length:A=A||1;for(var p=Ur.shape(
m),L=1,z=0;z<p.length;++z)L*=p[z];var M=ha(n,L);Ur.flatten(m,p,"",M),_a(n,M),n.alignment=1,n.width=s,n.height=f,n.channels=
A,n.format=n.internalformat=Qr[A],n.needsFree=!0}n.type===Dr||n.type}function P(n,E,m){var Z=n.element,_e=n.data,t=n.internalformat,
r=n.format,i=n.type,v=n.width,d=n.height;B(n),Z?e.texImage2D(E,m,r,r,i,Z):n.compressed?e.compressedTexImage2D(E,m,t,v,d,
0,_e):n.needsCopy?(R(),e.copyTexImage2D(E,m,r,n.xOffset,n.yOffset,v,d,0)):e.texImage2D(E,m,r,v,d,0,r,i,_e||null)}function le(n,E,m,Z,_e){
var t=n.element,r=n.data,i=n.internalformat,v=n.format,d=n.type,h=n.width,l=n.height;B(n),t?e.texSubImage2D(E,_e,m,Z,v,d,
t):n.compressed?e.compressedTexSubImage2D(E,_e,m,Z,i,h,l,r):n.needsCopy?(R(),e.copyTexSubImage2D(E,_e,m,Z,n.xOffset,n.yOffset,
h,l)):e.texSubImage2D(E,_e,m,Z,h,l,v,d,r)}var ue=[];function I(){return ue.pop()||new w}function Y(n){n.needsFree&&Te.freeType(
n.data),w.call(n),ue.push(n)}function oe(){S.call(this),this.genMipmaps=!1,this.mipmapHint=Yr,this.mipmask=0,this.images=
Array(16)}function ie(n,E,m){var Z=n.images[0]=I();n.mipmask=1,Z.width=n.width=E,Z.height=n.height=m,Z.channels=n.channels=
4}function ve(n,E){var m=null;if(Dt(E))m=n.images[0]=I(),T(m,n),V(m,E),n.mipmask=1;else if(j(n,E),Array.isArray(E.mipmap))
for(var Z=E.mipmap,_e=0;_e<Z.length;++_e)m=n.images[_e]=I(),T(m,n),m.width>>=_e,m.height>>=_e,V(m,Z[_e]),n.mipmask|=1<<_e;else
m=n.images[0]=I(),T(m,n),V(m,E),n.mipmask=1;T(n,n.images[0]),n.compressed&&(n.internalformat===xt||n.internalformat===St||
n.internalformat===Lt||n.internalformat)}function xe(n,E){for(var m=n.images,Z=0;Z<m.length;++Z){if(!m[Z])return;P(m[Z],
E,Z)}}var we=[];function he(){var n=we.pop()||new oe;S.call(n),n.mipmask=0;for(var E=0;E<16;++E)n.images[E]=null;return n}
function De(n){for(var E=n.images,m=0;m<E.length;++m)E[m]&&Y(E[m]),E[m]=null;we.push(n)}function Ee(){this.minFilter=Ct,
this.magFilter=Ct,this.wrapS=gt,this.wrapT=gt,this.anisotropic=1,this.genMipmaps=!1,this.mipmapHint=Yr}function Ge(n,E){
if("min"in E){var m=E.min;n.minFilter=ee[m],vu.indexOf(n.minFilter)>=0&&!("faces"in E)&&(n.genMipmaps=!0)}if("mag"in E){
var Z=E.mag;n.magFilter=N[Z]}var _e=n.wrapS,t=n.wrapT;if("wrap"in E){var r=E.wrap;typeof r=="string"?_e=t=k[r]:Array.isArray(
r)&&(_e=k[r[0]],t=k[r[1]])}else{if("wrapS"in E){var i=E.wrapS;_e=k[i]}if("wrapT"in E){var v=E.wrapT;t=k[v]}}if(n.wrapS=_e,
n.wrapT=t,"anisotropic"in E){var d=E.anisotropic;n.anisotropic=E.anisotropic}if("mipmap"in E){var h=!1;switch(typeof E.mipmap){case"\
string":n.mipmapHint=D[E.mipmap],n.genMipmaps=!0,h=!0;break;case"boolean":h=n.genMipmaps=E.mipmap;break;case"object":n.genMipmaps=
!1,h=!0;break;default:}h&&!("min"in E)&&(n.minFilter=Gt)}}function Be(n,E){e.texParameteri(E,tu,n.minFilter),e.texParameteri(
E,ru,n.magFilter),e.texParameteri(E,Kf,n.wrapS),e.texParameteri(E,Zf,n.wrapT),u.ext_texture_filter_anisotropic&&e.texParameteri(
E,uu,n.anisotropic),n.genMipmaps&&(e.hint(au,n.mipmapHint),e.generateMipmap(E))}var Oe=0,Ce={},Fe=c.maxTextureUnits,Se=Array(
Fe).map(function(){return null});function ce(n){S.call(this),this.mipmask=0,this.internalformat=fr,this.id=Oe++,this.refCount=
1,this.target=n,this.texture=e.createTexture(),this.unit=-1,this.bindCount=0,this.texInfo=new Ee,x.profile&&(this.stats=
{size:0})}function Ne(n){e.activeTexture(Br),e.bindTexture(n.target,n.texture)}function me(){var n=Se[0];n?e.bindTexture(
n.target,n.texture):e.bindTexture($e,null)}function se(n){var E=n.texture,m=n.unit,Z=n.target;m>=0&&(e.activeTexture(Br+
m),e.bindTexture(Z,null),Se[m]=null),e.deleteTexture(E),n.texture=null,n.params=null,n.pixels=null,n.refCount=0,delete Ce[n.
id],b.textureCount--}Ae(ce.prototype,{bind:function(){var n=this;n.bindCount+=1;var E=n.unit;if(E<0){for(var m=0;m<Fe;++m){
var Z=Se[m];if(Z){if(Z.bindCount>0)continue;Z.unit=-1}Se[m]=n,E=m;break}E>=Fe,x.profile&&b.maxTextureUnits<E+1&&(b.maxTextureUnits=
E+1),n.unit=E,e.activeTexture(Br+E),e.bindTexture(n.target,n.texture)}return E},unbind:function(){this.bindCount-=1},decRef:function(){
--this.refCount<=0&&se(this)}});function de(n,E){var m=new ce($e);Ce[m.id]=m,b.textureCount++;function Z(r,i){var v=m.texInfo;
Ee.call(v);var d=he();return typeof r=="number"?typeof i=="number"?ie(d,r|0,i|0):ie(d,r|0,r|0):r?(Ge(v,r),ve(d,r)):ie(d,
1,1),v.genMipmaps&&(d.mipmask=(d.width<<1)-1),m.mipmask=d.mipmask,T(m,d),m.internalformat=d.internalformat,Z.width=d.width,
Z.height=d.height,Ne(m),xe(d,$e),Be(v,$e),me(),De(d),x.profile&&(m.stats.size=qr(m.internalformat,m.type,d.width,d.height,
v.genMipmaps,!1)),Z.format=C[m.internalformat],Z.type=H[m.type],Z.mag=O[v.magFilter],Z.min=$[v.minFilter],Z.wrapS=U[v.wrapS],
Z.wrapT=U[v.wrapT],Z}function _e(r,i,v,d){var h=i|0,l=v|0,o=d|0,a=I();return T(a,m),a.width=0,a.height=0,V(a,r),a.width=
a.width||(m.width>>o)-h,a.height=a.height||(m.height>>o)-l,Ne(m),le(a,$e,h,l,o),me(),Y(a),Z}function t(r,i){var v=r|0,d=i|
0||v;if(v===m.width&&d===m.height)return Z;Z.width=m.width=v,Z.height=m.height=d,Ne(m);for(var h=0;m.mipmask>>h;++h){var l=v>>
h,o=d>>h;if(!l||!o)break;e.texImage2D($e,h,m.format,l,o,0,m.format,m.type,null)}return me(),x.profile&&(m.stats.size=qr(
m.internalformat,m.type,v,d,!1,!1)),Z}return Z(n,E),Z.subimage=_e,Z.resize=t,Z._reglType="texture2d",Z._texture=m,x.profile&&
(Z.stats=m.stats),Z.destroy=function(){m.decRef()},Z}function pe(n,E,m,Z,_e,t){var r=new ce(mt);Ce[r.id]=r,b.cubeCount++;
var i=new Array(6);function v(l,o,a,s,f,A){var p,L=r.texInfo;for(Ee.call(L),p=0;p<6;++p)i[p]=he();if(typeof l=="number"||
!l){var z=l|0||1;for(p=0;p<6;++p)ie(i[p],z,z)}else if(typeof l=="object")if(o)ve(i[0],l),ve(i[1],o),ve(i[2],a),ve(i[3],s),
ve(i[4],f),ve(i[5],A);else if(Ge(L,l),j(r,l),"faces"in l){var M=l.faces;for(p=0;p<6;++p)T(i[p],r),ve(i[p],M[p])}else for(p=
0;p<6;++p)ve(i[p],l);for(T(r,i[0]),L.genMipmaps?r.mipmask=(i[0].width<<1)-1:r.mipmask=i[0].mipmask,r.internalformat=i[0].
internalformat,v.width=i[0].width,v.height=i[0].height,Ne(r),p=0;p<6;++p)xe(i[p],zr+p);for(Be(L,mt),me(),x.profile&&(r.stats.
size=qr(r.internalformat,r.type,v.width,v.height,L.genMipmaps,!0)),v.format=C[r.internalformat],v.type=H[r.type],v.mag=O[L.
magFilter],v.min=$[L.minFilter],v.wrapS=U[L.wrapS],v.wrapT=U[L.wrapT],p=0;p<6;++p)De(i[p]);return v}function d(l,o,a,s,f){
var A=a|0,p=s|0,L=f|0,z=I();return T(z,r),z.width=0,z.height=0,V(z,o),z.width=z.width||(r.width>>L)-A,z.height=z.height||
(r.height>>L)-p,Ne(r),le(z,zr+l,A,p,L),me(),Y(z),v}function h(l){var o=l|0;if(o!==r.width){v.width=r.width=o,v.height=r.
height=o,Ne(r);for(var a=0;a<6;++a)for(var s=0;r.mipmask>>s;++s)e.texImage2D(zr+a,s,r.format,o>>s,o>>s,0,r.format,r.type,
null);return me(),x.profile&&(r.stats.size=qr(r.internalformat,r.type,v.width,v.height,!1,!0)),v}}return v(n,E,m,Z,_e,t),
v.subimage=d,v.resize=h,v._reglType="textureCube",v._texture=r,x.profile&&(v.stats=r.stats),v.destroy=function(){r.decRef()},
v}function Le(){for(var n=0;n<Fe;++n)e.activeTexture(Br+n),e.bindTexture($e,null),Se[n]=null;Ve(Ce).forEach(se),b.cubeCount=
0,b.textureCount=0}x.profile&&(b.getTotalTextureSize=function(){var n=0;return Object.keys(Ce).forEach(function(E){n+=Ce[E].
stats.size}),n});function qe(){for(var n=0;n<Fe;++n){var E=Se[n];E&&(E.bindCount=0,E.unit=-1,Se[n]=null)}Ve(Ce).forEach(
function(m){m.texture=e.createTexture(),e.bindTexture(m.target,m.texture);for(var Z=0;Z<32;++Z)if((m.mipmask&1<<Z)!==0)if(m.
target===$e)e.texImage2D($e,Z,m.internalformat,m.width>>Z,m.height>>Z,0,m.internalformat,m.type,null);else for(var _e=0;_e<
6;++_e)e.texImage2D(zr+_e,Z,m.internalformat,m.width>>Z,m.height>>Z,0,m.internalformat,m.type,null);Be(m.texInfo,m.target)})}
function lr(){for(var n=0;n<Fe;++n){var E=Se[n];E&&(E.bindCount=0,E.unit=-1,Se[n]=null),e.activeTexture(Br+n),e.bindTexture(
$e,null),e.bindTexture(mt,null)}}return{create2D:de,createCube:pe,clear:Le,getTexture:function(n){return null},restore:qe,
refresh:lr}}var er=36161,Kr=32854,pa=32855,ma=36194,Ea=33189,Aa=36168,ya=34041,Ta=35907,ba=34836,xa=34842,Sa=34843,We=[];
We[Kr]=2,We[pa]=2,We[ma]=2,We[Ea]=2,We[Aa]=1,We[ya]=4,We[Ta]=4,We[ba]=16,We[xa]=8,We[Sa]=6;function La(e,u,c){return We[e]*
u*c}var Tu=function(e,u,c,R,g){var b={rgba4:Kr,rgb565:ma,"rgb5 a1":pa,depth:Ea,stencil:Aa,"depth stencil":ya};u.ext_srgb&&
(b.srgba=Ta),u.ext_color_buffer_half_float&&(b.rgba16f=xa,b.rgb16f=Sa),u.webgl_color_buffer_float&&(b.rgba32f=ba);var x=[];
Object.keys(b).forEach(function(G){var F=b[G];x[F]=G});var D=0,k={};function N(G){this.id=D++,this.refCount=1,this.renderbuffer=
G,this.format=Kr,this.width=0,this.height=0,g.profile&&(this.stats={size:0})}N.prototype.decRef=function(){--this.refCount<=
0&&ee(this)};function ee(G){var F=G.renderbuffer;e.bindRenderbuffer(er,null),e.deleteRenderbuffer(F),G.renderbuffer=null,
G.refCount=0,delete k[G.id],R.renderbufferCount--}function W(G,F){var _=new N(e.createRenderbuffer());k[_.id]=_,R.renderbufferCount++;
function y(H,O){var $=0,U=0,ae=Kr;if(typeof H=="object"&&H){var S=H;if("shape"in S){var T=S.shape;$=T[0]|0,U=T[1]|0}else
"radius"in S&&($=U=S.radius|0),"width"in S&&($=S.width|0),"height"in S&&(U=S.height|0);"format"in S&&(ae=b[S.format])}else
typeof H=="number"?($=H|0,typeof O=="number"?U=O|0:U=$):H||($=U=1);if(!($===_.width&&U===_.height&&ae===_.format))return y.
width=_.width=$,y.height=_.height=U,_.format=ae,e.bindRenderbuffer(er,_.renderbuffer),e.renderbufferStorage(er,ae,$,U),g.
profile&&(_.stats.size=La(_.format,_.width,_.height)),y.format=x[_.format],y}function C(H,O){var $=H|0,U=O|0||$;return $===
_.width&&U===_.height||(y.width=_.width=$,y.height=_.height=U,e.bindRenderbuffer(er,_.renderbuffer),e.renderbufferStorage(
er,_.format,$,U),g.profile&&(_.stats.size=La(_.format,_.width,_.height))),y}return y(G,F),y.resize=C,y._reglType="render\
buffer",y._renderbuffer=_,g.profile&&(y.stats=_.stats),y.destroy=function(){_.decRef()},y}g.profile&&(R.getTotalRenderbufferSize=
function(){var G=0;return Object.keys(k).forEach(function(F){G+=k[F].stats.size}),G});function X(){Ve(k).forEach(function(G){
G.renderbuffer=e.createRenderbuffer(),e.bindRenderbuffer(er,G.renderbuffer),e.renderbufferStorage(er,G.format,G.width,G.
height)}),e.bindRenderbuffer(er,null)}return{create:W,clear:function(){Ve(k).forEach(ee)},restore:X}},Ye=36160,Bt=36161,
mr=3553,Ra=34069,Oa=36064,wa=36096,ga=36128,Ca=33306,bu=36053,xu=36193,Su=5121,Lu=5126,Ru=6407,Ou=6408,Nt=[];Nt[Ou]=4,Nt[Ru]=
3;var Zr=[];Zr[Su]=1,Zr[Lu]=4,Zr[xu]=2;function wu(e,u,c,R,g,b){var x={cur:null,next:null,dirty:!1,setFBO:null},D=["rgba"],
k=["rgba4","rgb565","rgb5 a1"];u.ext_srgb&&k.push("srgba"),u.ext_color_buffer_half_float&&k.push("rgba16f","rgb16f"),u.webgl_color_buffer_float&&
k.push("rgba32f");var N=["uint8"];u.oes_texture_half_float&&N.push("half float","float16"),u.oes_texture_float&&N.push("\
float","float32");function ee(w,V,P){this.target=w,this.texture=V,this.renderbuffer=P;var le=0,ue=0;V?(le=V.width,ue=V.height):
P&&(le=P.width,ue=P.height),this.width=le,this.height=ue}function W(w){w&&(w.texture&&w.texture._texture.decRef(),w.renderbuffer&&
w.renderbuffer._renderbuffer.decRef())}function X(w,V,P){if(w)if(w.texture){var le=w.texture._texture,ue=Math.max(1,le.width),
I=Math.max(1,le.height);le.refCount+=1}else{var Y=w.renderbuffer._renderbuffer;Y.refCount+=1}}function G(w,V){V&&(V.texture?
e.framebufferTexture2D(Ye,w,V.target,V.texture._texture.texture,0):e.framebufferRenderbuffer(Ye,w,Bt,V.renderbuffer._renderbuffer.
renderbuffer))}function F(w){var V=mr,P=null,le=null,ue=w;typeof w=="object"&&(ue=w.data,"target"in w&&(V=w.target|0));var I=ue.
_reglType;return I==="texture2d"||I==="textureCube"?P=ue:I==="renderbuffer"&&(le=ue,V=Bt),new ee(V,P,le)}function _(w,V,P,le,ue){
if(P){var I=R.create2D({width:w,height:V,format:le,type:ue});return I._texture.refCount=0,new ee(mr,I,null)}else{var Y=g.
create({width:w,height:V,format:le});return Y._renderbuffer.refCount=0,new ee(Bt,null,Y)}}function y(w){return w&&(w.texture||
w.renderbuffer)}function C(w,V,P){w&&(w.texture?w.texture.resize(V,P):w.renderbuffer&&w.renderbuffer.resize(V,P),w.width=
V,w.height=P)}var H=0,O={};function $(){this.id=H++,O[this.id]=this,this.framebuffer=e.createFramebuffer(),this.width=0,
this.height=0,this.colorAttachments=[],this.depthAttachment=null,this.stencilAttachment=null,this.depthStencilAttachment=
null}function U(w){w.colorAttachments.forEach(W),W(w.depthAttachment),W(w.stencilAttachment),W(w.depthStencilAttachment)}
function ae(w){var V=w.framebuffer;e.deleteFramebuffer(V),w.framebuffer=null,b.framebufferCount--,delete O[w.id]}function S(w){
var V;e.bindFramebuffer(Ye,w.framebuffer);var P=w.colorAttachments;for(V=0;V<P.length;++V)G(Oa+V,P[V]);for(V=P.length;V<
c.maxColorAttachments;++V)e.framebufferTexture2D(Ye,Oa+V,mr,null,0);e.framebufferTexture2D(Ye,Ca,mr,null,0),e.framebufferTexture2D(
Ye,wa,mr,null,0),e.framebufferTexture2D(Ye,ga,mr,null,0),G(wa,w.depthAttachment),G(ga,w.stencilAttachment),G(Ca,w.depthStencilAttachment);
var le=e.checkFramebufferStatus(Ye);e.isContextLost(),e.bindFramebuffer(Ye,x.next?x.next.framebuffer:null),x.cur=x.next,
e.getError()}function T(w,V){var P=new $;b.framebufferCount++;function le(I,Y){var oe,ie=0,ve=0,xe=!0,we=!0,he=null,De=!0,
Ee="rgba",Ge="uint8",Be=1,Oe=null,Ce=null,Fe=null,Se=!1;if(typeof I=="number")ie=I|0,ve=Y|0||ie;else if(!I)ie=ve=1;else{
var ce=I;if("shape"in ce){var Ne=ce.shape;ie=Ne[0],ve=Ne[1]}else"radius"in ce&&(ie=ve=ce.radius),"width"in ce&&(ie=ce.width),
"height"in ce&&(ve=ce.height);("color"in ce||"colors"in ce)&&(he=ce.color||ce.colors,Array.isArray(he)),he||("colorCount"in
ce&&(Be=ce.colorCount|0),"colorTexture"in ce&&(De=!!ce.colorTexture,Ee="rgba4"),"colorType"in ce&&(Ge=ce.colorType,De||(Ge===
"half float"||Ge==="float16"?Ee="rgba16f":(Ge==="float"||Ge==="float32")&&(Ee="rgba32f"))),"colorFormat"in ce&&(Ee=ce.colorFormat,
D.indexOf(Ee)>=0?De=!0:k.indexOf(Ee)>=0&&(De=!1))),("depthTexture"in ce||"depthStencilTexture"in ce)&&(Se=!!(ce.depthTexture||
ce.depthStencilTexture)),"depth"in ce&&(typeof ce.depth=="boolean"?xe=ce.depth:(Oe=ce.depth,we=!1)),"stencil"in ce&&(typeof ce.
stencil=="boolean"?we=ce.stencil:(Ce=ce.stencil,xe=!1)),"depthStencil"in ce&&(typeof ce.depthStencil=="boolean"?xe=we=ce.
depthStencil:(Fe=ce.depthStencil,xe=!1,we=!1))}var me=null,se=null,de=null,pe=null;if(Array.isArray(he))me=he.map(F);else if(he)
me=[F(he)];else for(me=new Array(Be),oe=0;oe<Be;++oe)me[oe]=_(ie,ve,De,Ee,Ge);ie=ie||me[0].width,ve=ve||me[0].height,Oe?
se=F(Oe):xe&&!we&&(se=_(ie,ve,Se,"depth","uint32")),Ce?de=F(Ce):we&&!xe&&(de=_(ie,ve,!1,"stencil","uint8")),Fe?pe=F(Fe):
!Oe&&!Ce&&we&&xe&&(pe=_(ie,ve,Se,"depth stencil","depth stencil"));var Le=null;for(oe=0;oe<me.length;++oe)if(X(me[oe],ie,
ve),me[oe]&&me[oe].texture){var qe=Nt[me[oe].texture._texture.format]*Zr[me[oe].texture._texture.type];Le===null&&(Le=qe)}
return X(se,ie,ve),X(de,ie,ve),X(pe,ie,ve),U(P),P.width=ie,P.height=ve,P.colorAttachments=me,P.depthAttachment=se,P.stencilAttachment=
de,P.depthStencilAttachment=pe,le.color=me.map(y),le.depth=y(se),le.stencil=y(de),le.depthStencil=y(pe),le.width=P.width,
le.height=P.height,S(P),le}function ue(I,Y){var oe=Math.max(I|0,1),ie=Math.max(Y|0||oe,1);if(oe===P.width&&ie===P.height)
return le;for(var ve=P.colorAttachments,xe=0;xe<ve.length;++xe)C(ve[xe],oe,ie);return C(P.depthAttachment,oe,ie),C(P.stencilAttachment,
oe,ie),C(P.depthStencilAttachment,oe,ie),P.width=le.width=oe,P.height=le.height=ie,S(P),le}return le(w,V),Ae(le,{resize:ue,
_reglType:"framebuffer",_framebuffer:P,destroy:function(){ae(P),U(P)},use:function(I){x.setFBO({framebuffer:le},I)}})}function j(w){
var V=Array(6);function P(ue){var I,Y={color:null},oe=0,ie=null,ve="rgba",xe="uint8",we=1;if(typeof ue=="number")oe=ue|0;else if(!ue)
oe=1;else{var he=ue;if("shape"in he){var De=he.shape;oe=De[0]}else"radius"in he&&(oe=he.radius|0),"width"in he?(oe=he.width|
0,"height"in he):"height"in he&&(oe=he.height|0);("color"in he||"colors"in he)&&(ie=he.color||he.colors,Array.isArray(ie)),
ie||("colorCount"in he&&(we=he.colorCount|0),"colorType"in he&&(xe=he.colorType),"colorFormat"in he&&(ve=he.colorFormat)),
"depth"in he&&(Y.depth=he.depth),"stencil"in he&&(Y.stencil=he.stencil),"depthStencil"in he&&(Y.depthStencil=he.depthStencil)}
var Ee;if(ie)if(Array.isArray(ie))for(Ee=[],I=0;I<ie.length;++I)Ee[I]=ie[I];else Ee=[ie];else{Ee=Array(we);var Ge={radius:oe,
format:ve,type:xe};for(I=0;I<we;++I)Ee[I]=R.createCube(Ge)}for(Y.color=Array(Ee.length),I=0;I<Ee.length;++I){var Be=Ee[I];
oe=oe||Be.width,Y.color[I]={target:Ra,data:Ee[I]}}for(I=0;I<6;++I){for(var Oe=0;Oe<Ee.length;++Oe)Y.color[Oe].target=Ra+
I;I>0&&(Y.depth=V[0].depth,Y.stencil=V[0].stencil,Y.depthStencil=V[0].depthStencil),V[I]?V[I](Y):V[I]=T(Y)}return Ae(P,{
width:oe,height:oe,color:Ee})}function le(ue){var I,Y=ue|0;if(Y===P.width)return P;var oe=P.color;for(I=0;I<oe.length;++I)
oe[I].resize(Y);for(I=0;I<6;++I)V[I].resize(Y);return P.width=P.height=Y,P}return P(w),Ae(P,{faces:V,resize:le,_reglType:"\
framebufferCube",destroy:function(){V.forEach(function(ue){ue.destroy()})}})}function B(){x.cur=null,x.next=null,x.dirty=
!0,Ve(O).forEach(function(w){w.framebuffer=e.createFramebuffer(),S(w)})}return Ae(x,{getFramebuffer:function(w){if(typeof w==
"function"&&w._reglType==="framebuffer"){var V=w._framebuffer;if(V instanceof $)return V}return null},create:T,createCube:j,
clear:function(){Ve(O).forEach(ae)},restore:B})}var gu=5126,Ga=34962,Jr=34963;function It(){this.state=0,this.x=0,this.y=
0,this.z=0,this.w=0,this.buffer=null,this.size=0,this.normalized=!1,this.type=gu,this.offset=0,this.stride=0,this.divisor=
0}function Cu(e,u,c,R,g,b,x){for(var D=c.maxAttributes,k=new Array(D),N=0;N<D;++N)k[N]=new It;var ee=0,W={},X={Record:It,
scope:{},state:k,currentVAO:null,targetVAO:null,restore:F()?U:function(){},createVAO:ae,getVAO:y,destroyBuffer:G,setVAO:F()?
C:H,clear:F()?O:function(){}};function G(S){for(var T=0;T<k.length;++T){var j=k[T];j.buffer===S&&(e.disableVertexAttribArray(
T),j.buffer=null)}}function F(){return u.oes_vertex_array_object}function _(){return u.angle_instanced_arrays}function y(S){
return typeof S=="function"&&S._vao?S._vao:null}function C(S){if(S!==X.currentVAO){var T=F();S?T.bindVertexArrayOES(S.vao):
T.bindVertexArrayOES(null),X.currentVAO=S}}function H(S){if(S!==X.currentVAO){if(S)S.bindAttrs();else{for(var T=_(),j=0;j<
k.length;++j){var B=k[j];B.buffer?(e.enableVertexAttribArray(j),B.buffer.bind(),e.vertexAttribPointer(j,B.size,B.type,B.
normalized,B.stride,B.offfset),T&&B.divisor&&T.vertexAttribDivisorANGLE(j,B.divisor)):(e.disableVertexAttribArray(j),e.vertexAttrib4f(
j,B.x,B.y,B.z,B.w))}x.elements?e.bindBuffer(Jr,x.elements.buffer.buffer):e.bindBuffer(Jr,null)}X.currentVAO=S}}function O(){
Ve(W).forEach(function(S){S.destroy()})}function $(){this.id=++ee,this.attributes=[],this.elements=null,this.ownsElements=
!1,this.count=0,this.offset=0,this.instances=-1,this.primitive=4;var S=F();S?this.vao=S.createVertexArrayOES():this.vao=
null,W[this.id]=this,this.buffers=[]}$.prototype.bindAttrs=function(){for(var S=_(),T=this.attributes,j=0;j<T.length;++j){
var B=T[j];B.buffer?(e.enableVertexAttribArray(j),e.bindBuffer(Ga,B.buffer.buffer),e.vertexAttribPointer(j,B.size,B.type,
B.normalized,B.stride,B.offset),S&&B.divisor&&S.vertexAttribDivisorANGLE(j,B.divisor)):(e.disableVertexAttribArray(j),e.
vertexAttrib4f(j,B.x,B.y,B.z,B.w))}for(var w=T.length;w<D;++w)e.disableVertexAttribArray(w);var V=b.getElements(this.elements);
V?e.bindBuffer(Jr,V.buffer.buffer):e.bindBuffer(Jr,null)},$.prototype.refresh=function(){var S=F();S&&(S.bindVertexArrayOES(
this.vao),this.bindAttrs(),X.currentVAO=null,S.bindVertexArrayOES(null))},$.prototype.destroy=function(){if(this.vao){var S=F();
this===X.currentVAO&&(X.currentVAO=null,S.bindVertexArrayOES(null)),S.deleteVertexArrayOES(this.vao),this.vao=null}this.
ownsElements&&(this.elements.destroy(),this.elements=null,this.ownsElements=!1),W[this.id]&&(delete W[this.id],R.vaoCount-=
1)};function U(){var S=F();S&&Ve(W).forEach(function(T){T.refresh()})}function ae(S){var T=new $;R.vaoCount+=1;function j(B){
var w;if(Array.isArray(B))w=B,T.elements&&T.ownsElements&&T.elements.destroy(),T.elements=null,T.ownsElements=!1,T.offset=
0,T.count=0,T.instances=-1,T.primitive=4;else{if(B.elements){var V=B.elements;T.ownsElements?typeof V=="function"&&V._reglType===
"elements"?(T.elements.destroy(),T.ownsElements=!1):(T.elements(V),T.ownsElements=!1):b.getElements(B.elements)?(T.elements=
B.elements,T.ownsElements=!1):(T.elements=b.create(B.elements),T.ownsElements=!0)}else T.elements=null,T.ownsElements=!1;
w=B.attributes,T.offset=0,T.count=-1,T.instances=-1,T.primitive=4,T.elements&&(T.count=T.elements._elements.vertCount,T.
primitive=T.elements._elements.primType),"offset"in B&&(T.offset=B.offset|0),"count"in B&&(T.count=B.count|0),"instances"in
B&&(T.instances=B.instances|0),"primitive"in B&&(T.primitive=Hr[B.primitive])}var P={},le=T.attributes;le.length=w.length;
for(var ue=0;ue<w.length;++ue){var I=w[ue],Y=le[ue]=new It,oe=I.data||I;if(Array.isArray(oe)||Ie(oe)||je(oe)){var ie;T.buffers[ue]&&
(ie=T.buffers[ue],Ie(oe)&&ie._buffer.byteLength>=oe.byteLength?ie.subdata(oe):(ie.destroy(),T.buffers[ue]=null)),T.buffers[ue]||
(ie=T.buffers[ue]=g.create(I,Ga,!1,!0)),Y.buffer=g.getBuffer(ie),Y.size=Y.buffer.dimension|0,Y.normalized=!1,Y.type=Y.buffer.
dtype,Y.offset=0,Y.stride=0,Y.divisor=0,Y.state=1,P[ue]=1}else g.getBuffer(I)?(Y.buffer=g.getBuffer(I),Y.size=Y.buffer.dimension|
0,Y.normalized=!1,Y.type=Y.buffer.dtype,Y.offset=0,Y.stride=0,Y.divisor=0,Y.state=1):g.getBuffer(I.buffer)?(Y.buffer=g.getBuffer(
I.buffer),Y.size=(+I.size||Y.buffer.dimension)|0,Y.normalized=!!I.normalized||!1,"type"in I?Y.type=Vr[I.type]:Y.type=Y.buffer.
dtype,Y.offset=(I.offset||0)|0,Y.stride=(I.stride||0)|0,Y.divisor=(I.divisor||0)|0,Y.state=1):"x"in I&&(Y.x=+I.x||0,Y.y=
+I.y||0,Y.z=+I.z||0,Y.w=+I.w||0,Y.state=2)}for(var ve=0;ve<T.buffers.length;++ve)!P[ve]&&T.buffers[ve]&&(T.buffers[ve].destroy(),
T.buffers[ve]=null);return T.refresh(),j}return j.destroy=function(){for(var B=0;B<T.buffers.length;++B)T.buffers[B]&&T.
buffers[B].destroy();T.buffers.length=0,T.ownsElements&&(T.elements.destroy(),T.elements=null,T.ownsElements=!1),T.destroy()},
j._vao=T,j._reglType="vao",j(S)}return X}var Fa=35632,Gu=35633,Fu=35718,Du=35721;function Bu(e,u,c,R){var g={},b={};function x(_,y,C,H){
this.name=_,this.id=y,this.location=C,this.info=H}function D(_,y){for(var C=0;C<_.length;++C)if(_[C].id===y.id){_[C].location=
y.location;return}_.push(y)}function k(_,y,C){var H=_===Fa?g:b,O=H[y];if(!O){var $=u.str(y);O=e.createShader(_),e.shaderSource(
O,$),e.compileShader(O),H[y]=O}return O}var N={},ee=[],W=0;function X(_,y){this.id=W++,this.fragId=_,this.vertId=y,this.
program=null,this.uniforms=[],this.attributes=[],this.refCount=1,R.profile&&(this.stats={uniformsCount:0,attributesCount:0})}
function G(_,y,C){var H,O,$=k(Fa,_.fragId),U=k(Gu,_.vertId),ae=_.program=e.createProgram();if(e.attachShader(ae,$),e.attachShader(
ae,U),C)for(H=0;H<C.length;++H){var S=C[H];e.bindAttribLocation(ae,S[0],S[1])}e.linkProgram(ae);var T=e.getProgramParameter(
ae,Fu);R.profile&&(_.stats.uniformsCount=T);var j=_.uniforms;for(H=0;H<T;++H)if(O=e.getActiveUniform(ae,H),O)if(O.size>1)
for(var B=0;B<O.size;++B){var w=O.name.replace("[0]","["+B+"]");D(j,new x(w,u.id(w),e.getUniformLocation(ae,w),O))}else D(
j,new x(O.name,u.id(O.name),e.getUniformLocation(ae,O.name),O));var V=e.getProgramParameter(ae,Du);R.profile&&(_.stats.attributesCount=
V);var P=_.attributes;for(H=0;H<V;++H)O=e.getActiveAttrib(ae,H),O&&D(P,new x(O.name,u.id(O.name),e.getAttribLocation(ae,
O.name),O))}R.profile&&(c.getMaxUniformsCount=function(){var _=0;return ee.forEach(function(y){y.stats.uniformsCount>_&&
(_=y.stats.uniformsCount)}),_},c.getMaxAttributesCount=function(){var _=0;return ee.forEach(function(y){y.stats.attributesCount>
_&&(_=y.stats.attributesCount)}),_});function F(){g={},b={};for(var _=0;_<ee.length;++_)G(ee[_],null,ee[_].attributes.map(
function(y){return[y.location,y.name]}))}return{clear:function(){var _=e.deleteShader.bind(e);Ve(g).forEach(_),g={},Ve(b).
forEach(_),b={},ee.forEach(function(y){e.deleteProgram(y.program)}),ee.length=0,N={},c.shaderCount=0},program:function(_,y,C,H){
var O=N[y];O||(O=N[y]={});var $=O[_];if($&&($.refCount++,!H))return $;var U=new X(y,_);return c.shaderCount++,G(U,C,H),$||
(O[_]=U),ee.push(U),Ae(U,{destroy:function(){if(U.refCount--,U.refCount<=0){e.deleteProgram(U.program);var ae=ee.indexOf(
U);ee.splice(ae,1),c.shaderCount--}O[U.vertId].refCount<=0&&(e.deleteShader(b[U.vertId]),delete b[U.vertId],delete N[U.fragId][U.
vertId]),Object.keys(N[U.fragId]).length||(e.deleteShader(g[U.fragId]),delete g[U.fragId],delete N[U.fragId])}})},restore:F,
shader:k,frag:-1,vert:-1}}var Nu=6408,Pt=5121,Iu=3333,Da=5126;function Pu(e,u,c,R,g,b,x){function D(ee){var W;u.next===null?
W=Pt:W=u.next.colorAttachments[0].texture._texture.type;var X=0,G=0,F=R.framebufferWidth,_=R.framebufferHeight,y=null;Ie(
ee)?y=ee:ee&&(X=ee.x|0,G=ee.y|0,F=(ee.width||R.framebufferWidth-X)|0,_=(ee.height||R.framebufferHeight-G)|0,y=ee.data||null),
c();var C=F*_*4;return y||(W===Pt?y=new Uint8Array(C):W===Da&&(y=y||new Float32Array(C))),e.pixelStorei(Iu,4),e.readPixels(
X,G,F,_,Nu,W,y),y}function k(ee){var W;return u.setFBO({framebuffer:ee.framebuffer},function(){W=D(ee)}),W}function N(ee){
return!ee||!("framebuffer"in ee)?D(ee):k(ee)}return N}function Er(e){return Array.prototype.slice.call(e)}function Ar(e){
return Er(e).join("")}function Mu(){var e=0,u=[],c=[];function R(W){for(var X=0;X<c.length;++X)if(c[X]===W)return u[X];var G="\
g"+e++;return u.push(G),c.push(W),G}function g(){var W=[];function X(){W.push.apply(W,Er(arguments))}var G=[];function F(){
var _="v"+e++;return G.push(_),arguments.length>0&&(W.push(_,"="),W.push.apply(W,Er(arguments)),W.push(";")),_}return Ae(
X,{def:F,toString:function(){return Ar([G.length>0?"var "+G.join(",")+";":"",Ar(W)])}})}function b(){var W=g(),X=g(),G=W.
toString,F=X.toString;function _(y,C){X(y,C,"=",W.def(y,C),";")}return Ae(function(){W.apply(W,Er(arguments))},{def:W.def,
entry:W,exit:X,save:_,set:function(y,C,H){_(y,C),W(y,C,"=",H,";")},toString:function(){return G()+F()}})}function x(){var W=Ar(
arguments),X=b(),G=b(),F=X.toString,_=G.toString;return Ae(X,{then:function(){return X.apply(X,Er(arguments)),this},else:function(){
return G.apply(G,Er(arguments)),this},toString:function(){var y=_();return y&&(y="else{"+y+"}"),Ar(["if(",W,"){",F(),"}",
y])}})}var D=g(),k={};function N(W,X){var G=[];function F(){var O="a"+G.length;return G.push(O),O}X=X||0;for(var _=0;_<X;++_)
F();var y=b(),C=y.toString,H=k[W]=Ae(y,{arg:F,toString:function(){return Ar(["function(",G.join(),"){",C(),"}"])}});return H}
function ee(){var W=['"use strict";',D,"return {"];Object.keys(k).forEach(function(F){W.push('"',F,'":',k[F].toString(),
",")}),W.push("}");var X=Ar(W).replace(/;/g,`;
`).replace(/}/g,`}
`).replace(/{/g,`{
`),G=Function.apply(null,u.concat(X));return G.apply(null,c)}return{global:D,link:R,block:g,proc:N,scope:b,cond:x,compile:ee}}
var yr="xyzw".split(""),Ba=5121,Tr=1,Mt=2,kt=0,Ut=1,Vt=2,Xt=3,et=4,Na=5,Ia=6,Pa="dither",Ma="blend.enable",ka="blend.col\
or",Ht="blend.equation",zt="blend.func",Ua="depth.enable",Va="depth.func",Xa="depth.range",Ha="depth.mask",Wt="colorMask",
za="cull.enable",Wa="cull.face",$t="frontFace",jt="lineWidth",$a="polygonOffset.enable",Yt="polygonOffset.offset",ja="sa\
mple.alpha",Ya="sample.enable",Qt="sample.coverage",Qa="stencil.enable",qa="stencil.mask",qt="stencil.func",Kt="stencil.\
opFront",Nr="stencil.opBack",Ka="scissor.enable",rt="scissor.box",Qe="viewport",tt="profile",br="framebuffer",nt="vert",
at="frag",xr="elements",Sr="primitive",Lr="count",Zt="offset",Jt="instances",it="vao",en="Width",rn="Height",Rr=br+en,Or=br+
rn,ku=Qe+en,Uu=Qe+rn,Za="drawingBuffer",Ja=Za+en,ei=Za+rn,Vu=[zt,Ht,qt,Kt,Nr,Qt,Qe,rt,Yt],wr=34962,tn=34963,Xu=2884,Hu=3042,
zu=3024,Wu=2960,$u=2929,ju=3089,Yu=32823,Qu=32926,qu=32928,ri=5126,nn=35664,an=35665,fn=35666,ti=5124,un=35667,sn=35668,
ln=35669,ni=35670,on=35671,cn=35672,vn=35673,dn=35674,hn=35675,_n=35676,pn=35678,mn=35680,En=4,Ir=1028,sr=1029,ai=2304,An=2305,
Ku=32775,Zu=32776,Ju=519,rr=7680,ii=0,fi=1,ui=32774,es=513,si=36160,rs=36064,Pr={0:0,1:1,zero:0,one:1,"src color":768,"o\
ne minus src color":769,"src alpha":770,"one minus src alpha":771,"dst color":774,"one minus dst color":775,"dst alpha":772,
"one minus dst alpha":773,"constant color":32769,"one minus constant color":32770,"constant alpha":32771,"one minus cons\
tant alpha":32772,"src alpha saturate":776},yn={never:512,less:513,"<":513,equal:514,"=":514,"==":514,"===":514,lequal:515,
"<=":515,greater:516,">":516,notequal:517,"!=":517,"!==":517,gequal:518,">=":518,always:519},ft={0:0,zero:0,keep:7680,replace:7681,
increment:7682,decrement:7683,"increment wrap":34055,"decrement wrap":34056,invert:5386},li={cw:ai,ccw:An};function ut(e){
return Array.isArray(e)||Ie(e)||je(e)}function oi(e){return e.sort(function(u,c){return u===Qe?-1:c===Qe?1:u<c?-1:1})}function Re(e,u,c,R){
this.thisDep=e,this.contextDep=u,this.propDep=c,this.append=R}function tr(e){return e&&!(e.thisDep||e.contextDep||e.propDep)}
function be(e){return new Re(!1,!1,!1,e)}function Pe(e,u){var c=e.type;if(c===kt){var R=e.data.length;return new Re(!0,R>=
1,R>=2,u)}else if(c===et){var g=e.data;return new Re(g.thisDep,g.contextDep,g.propDep,u)}else{if(c===Na)return new Re(!1,
!1,!1,u);if(c===Ia){for(var b=!1,x=!1,D=!1,k=0;k<e.data.length;++k){var N=e.data[k];if(N.type===Ut)D=!0;else if(N.type===
Vt)x=!0;else if(N.type===Xt)b=!0;else if(N.type===kt){b=!0;var ee=N.data;ee>=1&&(x=!0),ee>=2&&(D=!0)}else N.type===et&&(b=
b||N.data.thisDep,x=x||N.data.contextDep,D=D||N.data.propDep)}return new Re(b,x,D,u)}else return new Re(c===Xt,c===Vt,c===
Ut,u)}}var ci=new Re(!1,!1,!1,function(){});function ts(e,u,c,R,g,b,x,D,k,N,ee,W,X,G,F){var _=N.Record,y={add:32774,subtract:32778,
"reverse subtract":32779};c.ext_blend_minmax&&(y.min=Ku,y.max=Zu);var C=c.angle_instanced_arrays,H=c.webgl_draw_buffers,
O=c.oes_vertex_array_object,$={dirty:!0,profile:F.profile},U={},ae=[],S={},T={};function j(t){return t.replace(".","_")}
function B(t,r,i){var v=j(t);ae.push(t),U[v]=$[v]=!!i,S[v]=r}function w(t,r,i){var v=j(t);ae.push(t),Array.isArray(i)?($[v]=
i.slice(),U[v]=i.slice()):$[v]=U[v]=i,T[v]=r}B(Pa,zu),B(Ma,Hu),w(ka,"blendColor",[0,0,0,0]),w(Ht,"blendEquationSeparate",
[ui,ui]),w(zt,"blendFuncSeparate",[fi,ii,fi,ii]),B(Ua,$u,!0),w(Va,"depthFunc",es),w(Xa,"depthRange",[0,1]),w(Ha,"depthMa\
sk",!0),w(Wt,Wt,[!0,!0,!0,!0]),B(za,Xu),w(Wa,"cullFace",sr),w($t,$t,An),w(jt,jt,1),B($a,Yu),w(Yt,"polygonOffset",[0,0]),
B(ja,Qu),B(Ya,qu),w(Qt,"sampleCoverage",[1,!1]),B(Qa,Wu),w(qa,"stencilMask",-1),w(qt,"stencilFunc",[Ju,0,-1]),w(Kt,"sten\
cilOpSeparate",[Ir,rr,rr,rr]),w(Nr,"stencilOpSeparate",[sr,rr,rr,rr]),B(Ka,ju),w(rt,"scissor",[0,0,e.drawingBufferWidth,
e.drawingBufferHeight]),w(Qe,Qe,[0,0,e.drawingBufferWidth,e.drawingBufferHeight]);var V={gl:e,context:X,strings:u,next:U,
current:$,draw:W,elements:b,buffer:g,shader:ee,attributes:N.state,vao:N,uniforms:k,framebuffer:D,extensions:c,timer:G,isBufferArgs:ut},
P={primTypes:Hr,compareFuncs:yn,blendFuncs:Pr,blendEquations:y,stencilOps:ft,glTypes:Vr,orientationType:li};H&&(P.backBuffer=
[sr],P.drawBuffer=Ue(R.maxDrawbuffers,function(t){return t===0?[0]:Ue(t,function(r){return rs+r})}));var le=0;function ue(){
var t=Mu(),r=t.link,i=t.global;t.id=le++,t.batchId="0";var v=r(V),d=t.shared={props:"a0"};Object.keys(V).forEach(function(s){
d[s]=i.def(v,".",s)});var h=t.next={},l=t.current={};Object.keys(T).forEach(function(s){Array.isArray($[s])&&(h[s]=i.def(
d.next,".",s),l[s]=i.def(d.current,".",s))});var o=t.constants={};Object.keys(P).forEach(function(s){o[s]=i.def(JSON.stringify(
P[s]))}),t.invoke=function(s,f){switch(f.type){case kt:var A=["this",d.context,d.props,t.batchId];return s.def(r(f.data),
".call(",A.slice(0,Math.max(f.data.length+1,4)),")");case Ut:return s.def(d.props,f.data);case Vt:return s.def(d.context,
f.data);case Xt:return s.def("this",f.data);case et:return f.data.append(t,s),f.data.ref;case Na:return f.data.toString();case Ia:
return f.data.map(function(p){return t.invoke(s,p)})}},t.attribCache={};var a={};return t.scopeAttrib=function(s){var f=u.
id(s);if(f in a)return a[f];var A=N.scope[f];A||(A=N.scope[f]=new _);var p=a[f]=r(A);return p},t}function I(t){var r=t.static,
i=t.dynamic,v;if(tt in r){var d=!!r[tt];v=be(function(l,o){return d}),v.enable=d}else if(tt in i){var h=i[tt];v=Pe(h,function(l,o){
return l.invoke(o,h)})}return v}function Y(t,r){var i=t.static,v=t.dynamic;if(br in i){var d=i[br];return d?(d=D.getFramebuffer(
d),be(function(l,o){var a=l.link(d),s=l.shared;o.set(s.framebuffer,".next",a);var f=s.context;return o.set(f,"."+Rr,a+".\
width"),o.set(f,"."+Or,a+".height"),a})):be(function(l,o){var a=l.shared;o.set(a.framebuffer,".next","null");var s=a.context;
return o.set(s,"."+Rr,s+"."+Ja),o.set(s,"."+Or,s+"."+ei),"null"})}else if(br in v){var h=v[br];return Pe(h,function(l,o){
var a=l.invoke(o,h),s=l.shared,f=s.framebuffer,A=o.def(f,".getFramebuffer(",a,")");o.set(f,".next",A);var p=s.context;return o.
set(p,"."+Rr,A+"?"+A+".width:"+p+"."+Ja),o.set(p,"."+Or,A+"?"+A+".height:"+p+"."+ei),A})}else return null}function oe(t,r,i){
var v=t.static,d=t.dynamic;function h(a){if(a in v){var s=v[a],f=!0,A=s.x|0,p=s.y|0,L,z;return"width"in s?L=s.width|0:f=
!1,"height"in s?z=s.height|0:f=!1,new Re(!f&&r&&r.thisDep,!f&&r&&r.contextDep,!f&&r&&r.propDep,function(ne,te){var q=ne.
shared.context,K=L;"width"in s||(K=te.def(q,".",Rr,"-",A));var J=z;return"height"in s||(J=te.def(q,".",Or,"-",p)),[A,p,K,
J]})}else if(a in d){var M=d[a],Q=Pe(M,function(ne,te){var q=ne.invoke(te,M),K=ne.shared.context,J=te.def(q,".x|0"),re=te.
def(q,".y|0"),fe=te.def('"width" in ',q,"?",q,".width|0:","(",K,".",Rr,"-",J,")"),ye=te.def('"height" in ',q,"?",q,".hei\
ght|0:","(",K,".",Or,"-",re,")");return[J,re,fe,ye]});return r&&(Q.thisDep=Q.thisDep||r.thisDep,Q.contextDep=Q.contextDep||
r.contextDep,Q.propDep=Q.propDep||r.propDep),Q}else return r?new Re(r.thisDep,r.contextDep,r.propDep,function(ne,te){var q=ne.
shared.context;return[0,0,te.def(q,".",Rr),te.def(q,".",Or)]}):null}var l=h(Qe);if(l){var o=l;l=new Re(l.thisDep,l.contextDep,
l.propDep,function(a,s){var f=o.append(a,s),A=a.shared.context;return s.set(A,"."+ku,f[2]),s.set(A,"."+Uu,f[3]),f})}return{
viewport:l,scissor_box:h(rt)}}function ie(t,r){var i=t.static,v=typeof i[at]=="string"&&typeof i[nt]=="string";if(v){if(Object.
keys(r.dynamic).length>0)return null;var d=r.static,h=Object.keys(d);if(h.length>0&&typeof d[h[0]]=="number"){for(var l=[],
o=0;o<h.length;++o)l.push([d[h[o]]|0,h[o]]);return l}}return null}function ve(t,r,i){var v=t.static,d=t.dynamic;function h(f){
if(f in v){var A=u.id(v[f]),p=be(function(){return A});return p.id=A,p}else if(f in d){var L=d[f];return Pe(L,function(z,M){
var Q=z.invoke(M,L),ne=M.def(z.shared.strings,".id(",Q,")");return ne})}return null}var l=h(at),o=h(nt),a=null,s;return tr(
l)&&tr(o)?(a=ee.program(o.id,l.id,null,i),s=be(function(f,A){return f.link(a)})):s=new Re(l&&l.thisDep||o&&o.thisDep,l&&
l.contextDep||o&&o.contextDep,l&&l.propDep||o&&o.propDep,function(f,A){var p=f.shared.shader,L;l?L=l.append(f,A):L=A.def(
p,".",at);var z;o?z=o.append(f,A):z=A.def(p,".",nt);var M=p+".program("+z+","+L;return A.def(M+")")}),{frag:l,vert:o,progVar:s,
program:a}}function xe(t,r){var i=t.static,v=t.dynamic,d={},h=!1;function l(){if(it in i){var te=i[it];return te!==null&&
N.getVAO(te)===null&&(te=N.createVAO(te)),h=!0,d.vao=te,be(function(K){var J=N.getVAO(te);return J?K.link(J):"null"})}else if(it in
v){h=!0;var q=v[it];return Pe(q,function(K,J){var re=K.invoke(J,q);return J.def(K.shared.vao+".getVAO("+re+")")})}return null}
var o=l(),a=!1;function s(){if(xr in i){var te=i[xr];if(d.elements=te,ut(te)){var q=d.elements=b.create(te,!0);te=b.getElements(
q),a=!0}else te&&(te=b.getElements(te),a=!0);var K=be(function(re,fe){if(te){var ye=re.link(te);return re.ELEMENTS=ye,ye}
return re.ELEMENTS=null,null});return K.value=te,K}else if(xr in v){a=!0;var J=v[xr];return Pe(J,function(re,fe){var ye=re.
shared,Me=ye.isBufferArgs,Ke=ye.elements,nr=re.invoke(fe,J),ar=fe.def("null"),Xe=fe.def(Me,"(",nr,")"),Mr=re.cond(Xe).then(
ar,"=",Ke,".createStream(",nr,");").else(ar,"=",Ke,".getElements(",nr,");");return fe.entry(Mr),fe.exit(re.cond(Xe).then(
Ke,".destroyStream(",ar,");")),re.ELEMENTS=ar,ar})}else if(h)return new Re(o.thisDep,o.contextDep,o.propDep,function(re,fe){
return fe.def(re.shared.vao+".currentVAO?"+re.shared.elements+".getElements("+re.shared.vao+".currentVAO.elements):null")});
return null}var f=s();function A(){if(Sr in i){var te=i[Sr];return d.primitive=te,be(function(K,J){return Hr[te]})}else if(Sr in
v){var q=v[Sr];return Pe(q,function(K,J){var re=K.constants.primTypes,fe=K.invoke(J,q);return J.def(re,"[",fe,"]")})}else{
if(a)return tr(f)?f.value?be(function(K,J){return J.def(K.ELEMENTS,".primType")}):be(function(){return En}):new Re(f.thisDep,
f.contextDep,f.propDep,function(K,J){var re=K.ELEMENTS;return J.def(re,"?",re,".primType:",En)});if(h)return new Re(o.thisDep,
o.contextDep,o.propDep,function(K,J){return J.def(K.shared.vao+".currentVAO?"+K.shared.vao+".currentVAO.primitive:"+En)})}
return null}function p(te,q){if(te in i){var K=i[te]|0;return q?d.offset=K:d.instances=K,be(function(re,fe){return q&&(re.
OFFSET=K),K})}else if(te in v){var J=v[te];return Pe(J,function(re,fe){var ye=re.invoke(fe,J);return q&&(re.OFFSET=ye),ye})}else if(q){
if(a)return be(function(re,fe){return re.OFFSET=0,0});if(h)return new Re(o.thisDep,o.contextDep,o.propDep,function(re,fe){
return fe.def(re.shared.vao+".currentVAO?"+re.shared.vao+".currentVAO.offset:0")})}else if(h)return new Re(o.thisDep,o.contextDep,
o.propDep,function(re,fe){return fe.def(re.shared.vao+".currentVAO?"+re.shared.vao+".currentVAO.instances:-1")});return null}
var L=p(Zt,!0);function z(){if(Lr in i){var te=i[Lr]|0;return d.count=te,be(function(){return te})}else if(Lr in v){var q=v[Lr];
return Pe(q,function(fe,ye){var Me=fe.invoke(ye,q);return Me})}else if(a)if(tr(f)){if(f)return L?new Re(L.thisDep,L.contextDep,
L.propDep,function(fe,ye){var Me=ye.def(fe.ELEMENTS,".vertCount-",fe.OFFSET);return Me}):be(function(fe,ye){return ye.def(
fe.ELEMENTS,".vertCount")});var K=be(function(){return-1});return K}else{var J=new Re(f.thisDep||L.thisDep,f.contextDep||
L.contextDep,f.propDep||L.propDep,function(fe,ye){var Me=fe.ELEMENTS;return fe.OFFSET?ye.def(Me,"?",Me,".vertCount-",fe.
OFFSET,":-1"):ye.def(Me,"?",Me,".vertCount:-1")});return J}else if(h){var re=new Re(o.thisDep,o.contextDep,o.propDep,function(fe,ye){
return ye.def(fe.shared.vao,".currentVAO?",fe.shared.vao,".currentVAO.count:-1")});return re}return null}var M=A(),Q=z(),
ne=p(Jt,!1);return{elements:f,primitive:M,count:Q,instances:ne,offset:L,vao:o,vaoActive:h,elementsActive:a,static:d}}function we(t,r){
var i=t.static,v=t.dynamic,d={};return ae.forEach(function(h){var l=j(h);function o(a,s){if(h in i){var f=a(i[h]);d[l]=be(
function(){return f})}else if(h in v){var A=v[h];d[l]=Pe(A,function(p,L){return s(p,L,p.invoke(L,A))})}}switch(h){case za:case Ma:case Pa:case Qa:case Ua:case Ka:case $a:case ja:case Ya:case Ha:
return o(function(a){return a},function(a,s,f){return f});case Va:return o(function(a){return yn[a]},function(a,s,f){var A=a.
constants.compareFuncs;return s.def(A,"[",f,"]")});case Xa:return o(function(a){return a},function(a,s,f){var A=s.def("+",
f,"[0]"),p=s.def("+",f,"[1]");return[A,p]});case zt:return o(function(a){var s="srcRGB"in a?a.srcRGB:a.src,f="srcAlpha"in
a?a.srcAlpha:a.src,A="dstRGB"in a?a.dstRGB:a.dst,p="dstAlpha"in a?a.dstAlpha:a.dst;return[Pr[s],Pr[A],Pr[f],Pr[p]]},function(a,s,f){
var A=a.constants.blendFuncs;function p(q,K){var J=s.def('"',q,K,'" in ',f,"?",f,".",q,K,":",f,".",q);return J}var L=p("\
src","RGB"),z=p("dst","RGB"),M=s.def(A,"[",L,"]"),Q=s.def(A,"[",p("src","Alpha"),"]"),ne=s.def(A,"[",z,"]"),te=s.def(A,"\
[",p("dst","Alpha"),"]");return[M,ne,Q,te]});case Ht:return o(function(a){if(typeof a=="string")return[y[a],y[a]];if(typeof a==
"object")return[y[a.rgb],y[a.alpha]]},function(a,s,f){var A=a.constants.blendEquations,p=s.def(),L=s.def(),z=a.cond("typ\
eof ",f,'==="string"');return z.then(p,"=",L,"=",A,"[",f,"];"),z.else(p,"=",A,"[",f,".rgb];",L,"=",A,"[",f,".alpha];"),s(
z),[p,L]});case ka:return o(function(a){return Ue(4,function(s){return+a[s]})},function(a,s,f){return Ue(4,function(A){return s.
def("+",f,"[",A,"]")})});case qa:return o(function(a){return a|0},function(a,s,f){return s.def(f,"|0")});case qt:return o(
function(a){var s=a.cmp||"keep",f=a.ref||0,A="mask"in a?a.mask:-1;return[yn[s],f,A]},function(a,s,f){var A=a.constants.compareFuncs,
p=s.def('"cmp" in ',f,"?",A,"[",f,".cmp]",":",rr),L=s.def(f,".ref|0"),z=s.def('"mask" in ',f,"?",f,".mask|0:-1");return[
p,L,z]});case Kt:case Nr:return o(function(a){var s=a.fail||"keep",f=a.zfail||"keep",A=a.zpass||"keep";return[h===Nr?sr:
Ir,ft[s],ft[f],ft[A]]},function(a,s,f){var A=a.constants.stencilOps;function p(L){return s.def('"',L,'" in ',f,"?",A,"[",
f,".",L,"]:",rr)}return[h===Nr?sr:Ir,p("fail"),p("zfail"),p("zpass")]});case Yt:return o(function(a){var s=a.factor|0,f=a.
units|0;return[s,f]},function(a,s,f){var A=s.def(f,".factor|0"),p=s.def(f,".units|0");return[A,p]});case Wa:return o(function(a){
var s=0;return a==="front"?s=Ir:a==="back"&&(s=sr),s},function(a,s,f){return s.def(f,'==="front"?',Ir,":",sr)});case jt:
return o(function(a){return a},function(a,s,f){return f});case $t:return o(function(a){return li[a]},function(a,s,f){return s.
def(f+'==="cw"?'+ai+":"+An)});case Wt:return o(function(a){return a.map(function(s){return!!s})},function(a,s,f){return Ue(
4,function(A){return"!!"+f+"["+A+"]"})});case Qt:return o(function(a){var s="value"in a?a.value:1,f=!!a.invert;return[s,
f]},function(a,s,f){var A=s.def('"value" in ',f,"?+",f,".value:1"),p=s.def("!!",f,".invert");return[A,p]})}}),d}function he(t,r){
var i=t.static,v=t.dynamic,d={};return Object.keys(i).forEach(function(h){var l=i[h],o;if(typeof l=="number"||typeof l==
"boolean")o=be(function(){return l});else if(typeof l=="function"){var a=l._reglType;a==="texture2d"||a==="textureCube"?
o=be(function(s){return s.link(l)}):(a==="framebuffer"||a==="framebufferCube")&&(o=be(function(s){return s.link(l.color[0])}))}else
Je(l)&&(o=be(function(s){var f=s.global.def("[",Ue(l.length,function(A){return l[A]}),"]");return f}));o.value=l,d[h]=o}),
Object.keys(v).forEach(function(h){var l=v[h];d[h]=Pe(l,function(o,a){return o.invoke(a,l)})}),d}function De(t,r){var i=t.
static,v=t.dynamic,d={};return Object.keys(i).forEach(function(h){var l=i[h],o=u.id(h),a=new _;if(ut(l))a.state=Tr,a.buffer=
g.getBuffer(g.create(l,wr,!1,!0)),a.type=0;else{var s=g.getBuffer(l);if(s)a.state=Tr,a.buffer=s,a.type=0;else if("consta\
nt"in l){var f=l.constant;a.buffer="null",a.state=Mt,typeof f=="number"?a.x=f:yr.forEach(function(ne,te){te<f.length&&(a[ne]=
f[te])})}else{ut(l.buffer)?s=g.getBuffer(g.create(l.buffer,wr,!1,!0)):s=g.getBuffer(l.buffer);var A=l.offset|0,p=l.stride|
0,L=l.size|0,z=!!l.normalized,M=0;"type"in l&&(M=Vr[l.type]);var Q=l.divisor|0;a.buffer=s,a.state=Tr,a.size=L,a.normalized=
z,a.type=M||s.dtype,a.offset=A,a.stride=p,a.divisor=Q}}d[h]=be(function(ne,te){var q=ne.attribCache;if(o in q)return q[o];
var K={isStream:!1};return Object.keys(a).forEach(function(J){K[J]=a[J]}),a.buffer&&(K.buffer=ne.link(a.buffer),K.type=K.
type||K.buffer+".dtype"),q[o]=K,K})}),Object.keys(v).forEach(function(h){var l=v[h];function o(a,s){var f=a.invoke(s,l),
A=a.shared,p=a.constants,L=A.isBufferArgs,z=A.buffer,M={isStream:s.def(!1)},Q=new _;Q.state=Tr,Object.keys(Q).forEach(function(K){
M[K]=s.def(""+Q[K])});var ne=M.buffer,te=M.type;s("if(",L,"(",f,")){",M.isStream,"=true;",ne,"=",z,".createStream(",wr,"\
,",f,");",te,"=",ne,".dtype;","}else{",ne,"=",z,".getBuffer(",f,");","if(",ne,"){",te,"=",ne,".dtype;",'}else if("consta\
nt" in ',f,"){",M.state,"=",Mt,";","if(typeof "+f+'.constant === "number"){',M[yr[0]],"=",f,".constant;",yr.slice(1).map(
function(K){return M[K]}).join("="),"=0;","}else{",yr.map(function(K,J){return M[K]+"="+f+".constant.length>"+J+"?"+f+".\
constant["+J+"]:0;"}).join(""),"}}else{","if(",L,"(",f,".buffer)){",ne,"=",z,".createStream(",wr,",",f,".buffer);","}els\
e{",ne,"=",z,".getBuffer(",f,".buffer);","}",te,'="type" in ',f,"?",p.glTypes,"[",f,".type]:",ne,".dtype;",M.normalized,
"=!!",f,".normalized;");function q(K){s(M[K],"=",f,".",K,"|0;")}return q("size"),q("offset"),q("stride"),q("divisor"),s(
"}}"),s.exit("if(",M.isStream,"){",z,".destroyStream(",ne,");","}"),M}d[h]=Pe(l,o)}),d}function Ee(t){var r=t.static,i=t.
dynamic,v={};return Object.keys(r).forEach(function(d){var h=r[d];v[d]=be(function(l,o){return typeof h=="number"||typeof h==
"boolean"?""+h:l.link(h)})}),Object.keys(i).forEach(function(d){var h=i[d];v[d]=Pe(h,function(l,o){return l.invoke(o,h)})}),
v}function Ge(t,r,i,v,d){var h=t.static,l=t.dynamic,o=ie(t,r),a=Y(t,d),s=oe(t,a,d),f=xe(t,d),A=we(t,d),p=ve(t,d,o);function L(q){
var K=s[q];K&&(A[q]=K)}L(Qe),L(j(rt));var z=Object.keys(A).length>0,M={framebuffer:a,draw:f,shader:p,state:A,dirty:z,scopeVAO:null,
drawVAO:null,useVAO:!1,attributes:{}};if(M.profile=I(t,d),M.uniforms=he(i,d),M.drawVAO=M.scopeVAO=f.vao,!M.drawVAO&&p.program&&
!o&&c.angle_instanced_arrays&&f.static.elements){var Q=!0,ne=p.program.attributes.map(function(q){var K=r.static[q];return Q=
Q&&!!K,K});if(Q&&ne.length>0){var te=N.getVAO(N.createVAO({attributes:ne,elements:f.static.elements}));M.drawVAO=new Re(
null,null,null,function(q,K){return q.link(te)}),M.useVAO=!0}}return o?M.useVAO=!0:M.attributes=De(r,d),M.context=Ee(v,d),
M}function Be(t,r,i){var v=t.shared,d=v.context,h=t.scope();Object.keys(i).forEach(function(l){r.save(d,"."+l);var o=i[l],
a=o.append(t,r);Array.isArray(a)?h(d,".",l,"=[",a.join(),"];"):h(d,".",l,"=",a,";")}),r(h)}function Oe(t,r,i,v){var d=t.
shared,h=d.gl,l=d.framebuffer,o;H&&(o=r.def(d.extensions,".webgl_draw_buffers"));var a=t.constants,s=a.drawBuffer,f=a.backBuffer,
A;i?A=i.append(t,r):A=r.def(l,".next"),v||r("if(",A,"!==",l,".cur){"),r("if(",A,"){",h,".bindFramebuffer(",si,",",A,".fr\
amebuffer);"),H&&r(o,".drawBuffersWEBGL(",s,"[",A,".colorAttachments.length]);"),r("}else{",h,".bindFramebuffer(",si,",n\
ull);"),H&&r(o,".drawBuffersWEBGL(",f,");"),r("}",l,".cur=",A,";"),v||r("}")}function Ce(t,r,i){var v=t.shared,d=v.gl,h=t.
current,l=t.next,o=v.current,a=v.next,s=t.cond(o,".dirty");ae.forEach(function(f){var A=j(f);if(!(A in i.state)){var p,L;
if(A in l){p=l[A],L=h[A];var z=Ue($[A].length,function(Q){return s.def(p,"[",Q,"]")});s(t.cond(z.map(function(Q,ne){return Q+
"!=="+L+"["+ne+"]"}).join("||")).then(d,".",T[A],"(",z,");",z.map(function(Q,ne){return L+"["+ne+"]="+Q}).join(";"),";"))}else{
p=s.def(a,".",A);var M=t.cond(p,"!==",o,".",A);s(M),A in S?M(t.cond(p).then(d,".enable(",S[A],");").else(d,".disable(",S[A],
");"),o,".",A,"=",p,";"):M(d,".",T[A],"(",p,");",o,".",A,"=",p,";")}}}),Object.keys(i.state).length===0&&s(o,".dirty=fal\
se;"),r(s)}function Fe(t,r,i,v){var d=t.shared,h=t.current,l=d.current,o=d.gl;oi(Object.keys(i)).forEach(function(a){var s=i[a];
if(!(v&&!v(s))){var f=s.append(t,r);if(S[a]){var A=S[a];tr(s)?f?r(o,".enable(",A,");"):r(o,".disable(",A,");"):r(t.cond(
f).then(o,".enable(",A,");").else(o,".disable(",A,");")),r(l,".",a,"=",f,";")}else if(Je(f)){var p=h[a];r(o,".",T[a],"(",
f,");",f.map(function(L,z){return p+"["+z+"]="+L}).join(";"),";")}else r(o,".",T[a],"(",f,");",l,".",a,"=",f,";")}})}function Se(t,r){
C&&(t.instancing=r.def(t.shared.extensions,".angle_instanced_arrays"))}function ce(t,r,i,v,d){var h=t.shared,l=t.stats,o=h.
current,a=h.timer,s=i.profile;function f(){return typeof performance>"u"?"Date.now()":"performance.now()"}var A,p;function L(q){
A=r.def(),q(A,"=",f(),";"),typeof d=="string"?q(l,".count+=",d,";"):q(l,".count++;"),G&&(v?(p=r.def(),q(p,"=",a,".getNum\
PendingQueries();")):q(a,".beginQuery(",l,");"))}function z(q){q(l,".cpuTime+=",f(),"-",A,";"),G&&(v?q(a,".pushScopeStat\
s(",p,",",a,".getNumPendingQueries(),",l,");"):q(a,".endQuery();"))}function M(q){var K=r.def(o,".profile");r(o,".profil\
e=",q,";"),r.exit(o,".profile=",K,";")}var Q;if(s){if(tr(s)){s.enable?(L(r),z(r.exit),M("true")):M("false");return}Q=s.append(
t,r),M(Q)}else Q=r.def(o,".profile");var ne=t.block();L(ne),r("if(",Q,"){",ne,"}");var te=t.block();z(te),r.exit("if(",Q,
"){",te,"}")}function Ne(t,r,i,v,d){var h=t.shared;function l(a){switch(a){case nn:case un:case on:return 2;case an:case sn:case cn:
return 3;case fn:case ln:case vn:return 4;default:return 1}}function o(a,s,f){var A=h.gl,p=r.def(a,".location"),L=r.def(
h.attributes,"[",p,"]"),z=f.state,M=f.buffer,Q=[f.x,f.y,f.z,f.w],ne=["buffer","normalized","offset","stride"];function te(){
r("if(!",L,".buffer){",A,".enableVertexAttribArray(",p,");}");var K=f.type,J;if(f.size?J=r.def(f.size,"||",s):J=s,r("if(",
L,".type!==",K,"||",L,".size!==",J,"||",ne.map(function(fe){return L+"."+fe+"!=="+f[fe]}).join("||"),"){",A,".bindBuffer\
(",wr,",",M,".buffer);",A,".vertexAttribPointer(",[p,J,K,f.normalized,f.stride,f.offset],");",L,".type=",K,";",L,".size=",
J,";",ne.map(function(fe){return L+"."+fe+"="+f[fe]+";"}).join(""),"}"),C){var re=f.divisor;r("if(",L,".divisor!==",re,"\
){",t.instancing,".vertexAttribDivisorANGLE(",[p,re],");",L,".divisor=",re,";}")}}function q(){r("if(",L,".buffer){",A,"\
.disableVertexAttribArray(",p,");",L,".buffer=null;","}if(",yr.map(function(K,J){return L+"."+K+"!=="+Q[J]}).join("||"),
"){",A,".vertexAttrib4f(",p,",",Q,");",yr.map(function(K,J){return L+"."+K+"="+Q[J]+";"}).join(""),"}")}z===Tr?te():z===
Mt?q():(r("if(",z,"===",Tr,"){"),te(),r("}else{"),q(),r("}"))}v.forEach(function(a){var s=a.name,f=i.attributes[s],A;if(f){
if(!d(f))return;A=f.append(t,r)}else{if(!d(ci))return;var p=t.scopeAttrib(s);A={},Object.keys(new _).forEach(function(L){
A[L]=r.def(p,".",L)})}o(t.link(a),l(a.info.type),A)})}function me(t,r,i,v,d,h){for(var l=t.shared,o=l.gl,a,s=0;s<v.length;++s){
var f=v[s],A=f.name,p=f.info.type,L=i.uniforms[A],z=t.link(f),M=z+".location",Q;if(L){if(!d(L))continue;if(tr(L)){var ne=L.
value;if(p===pn||p===mn){var te=t.link(ne._texture||ne.color[0]._texture);r(o,".uniform1i(",M,",",te+".bind());"),r.exit(
te,".unbind();")}else if(p===dn||p===hn||p===_n){var q=t.global.def("new Float32Array(["+Array.prototype.slice.call(ne)+
"])"),K=2;p===hn?K=3:p===_n&&(K=4),r(o,".uniformMatrix",K,"fv(",M,",false,",q,");")}else{switch(p){case ri:a="1f";break;case nn:
a="2f";break;case an:a="3f";break;case fn:a="4f";break;case ni:a="1i";break;case ti:a="1i";break;case on:a="2i";break;case un:
a="2i";break;case cn:a="3i";break;case sn:a="3i";break;case vn:a="4i";break;case ln:a="4i";break}r(o,".uniform",a,"(",M,
",",Je(ne)?Array.prototype.slice.call(ne):ne,");")}continue}else Q=L.append(t,r)}else{if(!d(ci))continue;Q=r.def(l.uniforms,
"[",u.id(A),"]")}p===pn?r("if(",Q,"&&",Q,'._reglType==="framebuffer"){',Q,"=",Q,".color[0];","}"):p===mn&&r("if(",Q,"&&",
Q,'._reglType==="framebufferCube"){',Q,"=",Q,".color[0];","}");var J=1;switch(p){case pn:case mn:var re=r.def(Q,"._textu\
re");r(o,".uniform1i(",M,",",re,".bind());"),r.exit(re,".unbind();");continue;case ti:case ni:a="1i";break;case un:case on:
a="2i",J=2;break;case sn:case cn:a="3i",J=3;break;case ln:case vn:a="4i",J=4;break;case ri:a="1f";break;case nn:a="2f",J=
2;break;case an:a="3f",J=3;break;case fn:a="4f",J=4;break;case dn:a="Matrix2fv";break;case hn:a="Matrix3fv";break;case _n:
a="Matrix4fv";break}if(a.charAt(0)==="M"){r(o,".uniform",a,"(",M,",");var fe=Math.pow(p-dn+2,2),ye=t.global.def("new Flo\
at32Array(",fe,")");Array.isArray(Q)?r("false,(",Ue(fe,function(Xe){return ye+"["+Xe+"]="+Q[Xe]}),",",ye,")"):r("false,(\
Array.isArray(",Q,")||",Q," instanceof Float32Array)?",Q,":(",Ue(fe,function(Xe){return ye+"["+Xe+"]="+Q+"["+Xe+"]"}),",",
ye,")"),r(");")}else if(J>1){for(var Me=[],Ke=[],nr=0;nr<J;++nr)Array.isArray(Q)?Ke.push(Q[nr]):Ke.push(r.def(Q+"["+nr+"\
]")),h&&Me.push(r.def());h&&r("if(!",t.batchId,"||",Me.map(function(Xe,Mr){return Xe+"!=="+Ke[Mr]}).join("||"),"){",Me.map(
function(Xe,Mr){return Xe+"="+Ke[Mr]+";"}).join("")),r(o,".uniform",a,"(",M,",",Ke.join(","),");"),h&&r("}")}else{if(h){
var ar=r.def();r("if(!",t.batchId,"||",ar,"!==",Q,"){",ar,"=",Q,";")}r(o,".uniform",a,"(",M,",",Q,");"),h&&r("}")}}}function se(t,r,i,v){
var d=t.shared,h=d.gl,l=d.draw,o=v.draw;function a(){var J=o.elements,re,fe=r;return J?((J.contextDep&&v.contextDynamic||
J.propDep)&&(fe=i),re=J.append(t,fe),o.elementsActive&&fe("if("+re+")"+h+".bindBuffer("+tn+","+re+".buffer.buffer);")):(re=
fe.def(),fe(re,"=",l,".",xr,";","if(",re,"){",h,".bindBuffer(",tn,",",re,".buffer.buffer);}","else if(",d.vao,".currentV\
AO){",re,"=",t.shared.elements+".getElements("+d.vao,".currentVAO.elements);",O?"":"if("+re+")"+h+".bindBuffer("+tn+","+
re+".buffer.buffer);","}")),re}function s(){var J=o.count,re,fe=r;return J?((J.contextDep&&v.contextDynamic||J.propDep)&&
(fe=i),re=J.append(t,fe)):re=fe.def(l,".",Lr),re}var f=a();function A(J){var re=o[J];return re?re.contextDep&&v.contextDynamic||
re.propDep?re.append(t,i):re.append(t,r):r.def(l,".",J)}var p=A(Sr),L=A(Zt),z=s();if(typeof z=="number"){if(z===0)return}else
i("if(",z,"){"),i.exit("}");var M,Q;C&&(M=A(Jt),Q=t.instancing);var ne=f+".type",te=o.elements&&tr(o.elements)&&!o.vaoActive;
function q(){function J(){i(Q,".drawElementsInstancedANGLE(",[p,z,ne,L+"<<(("+ne+"-"+Ba+")>>1)",M],");")}function re(){i(
Q,".drawArraysInstancedANGLE(",[p,L,z,M],");")}f&&f!=="null"?te?J():(i("if(",f,"){"),J(),i("}else{"),re(),i("}")):re()}function K(){
function J(){i(h+".drawElements("+[p,z,ne,L+"<<(("+ne+"-"+Ba+")>>1)"]+");")}function re(){i(h+".drawArrays("+[p,L,z]+");")}
f&&f!=="null"?te?J():(i("if(",f,"){"),J(),i("}else{"),re(),i("}")):re()}C&&(typeof M!="number"||M>=0)?typeof M=="string"?
(i("if(",M,">0){"),q(),i("}else if(",M,"<0){"),K(),i("}")):q():K()}function de(t,r,i,v,d){var h=ue(),l=h.proc("body",d);
return C&&(h.instancing=l.def(h.shared.extensions,".angle_instanced_arrays")),t(h,l,i,v),h.compile().body}function pe(t,r,i,v){
Se(t,r),i.useVAO?i.drawVAO?r(t.shared.vao,".setVAO(",i.drawVAO.append(t,r),");"):r(t.shared.vao,".setVAO(",t.shared.vao,
".targetVAO);"):(r(t.shared.vao,".setVAO(null);"),Ne(t,r,i,v.attributes,function(){return!0})),me(t,r,i,v.uniforms,function(){
return!0},!1),se(t,r,r,i)}function Le(t,r){var i=t.proc("draw",1);Se(t,i),Be(t,i,r.context),Oe(t,i,r.framebuffer),Ce(t,i,
r),Fe(t,i,r.state),ce(t,i,r,!1,!0);var v=r.shader.progVar.append(t,i);if(i(t.shared.gl,".useProgram(",v,".program);"),r.
shader.program)pe(t,i,r,r.shader.program);else{i(t.shared.vao,".setVAO(null);");var d=t.global.def("{}"),h=i.def(v,".id"),
l=i.def(d,"[",h,"]");i(t.cond(l).then(l,".call(this,a0);").else(l,"=",d,"[",h,"]=",t.link(function(o){return de(pe,t,r,o,
1)}),"(",v,");",l,".call(this,a0);"))}Object.keys(r.state).length>0&&i(t.shared.current,".dirty=true;"),t.shared.vao&&i(
t.shared.vao,".setVAO(null);")}function qe(t,r,i,v){t.batchId="a1",Se(t,r);function d(){return!0}Ne(t,r,i,v.attributes,d),
me(t,r,i,v.uniforms,d,!1),se(t,r,r,i)}function lr(t,r,i,v){Se(t,r);var d=i.contextDep,h=r.def(),l="a0",o="a1",a=r.def();
t.shared.props=a,t.batchId=h;var s=t.scope(),f=t.scope();r(s.entry,"for(",h,"=0;",h,"<",o,";++",h,"){",a,"=",l,"[",h,"];",
f,"}",s.exit);function A(ne){return ne.contextDep&&d||ne.propDep}function p(ne){return!A(ne)}if(i.needsContext&&Be(t,f,i.
context),i.needsFramebuffer&&Oe(t,f,i.framebuffer),Fe(t,f,i.state,A),i.profile&&A(i.profile)&&ce(t,f,i,!1,!0),v)i.useVAO?
i.drawVAO?A(i.drawVAO)?f(t.shared.vao,".setVAO(",i.drawVAO.append(t,f),");"):s(t.shared.vao,".setVAO(",i.drawVAO.append(
t,s),");"):s(t.shared.vao,".setVAO(",t.shared.vao,".targetVAO);"):(s(t.shared.vao,".setVAO(null);"),Ne(t,s,i,v.attributes,
p),Ne(t,f,i,v.attributes,A)),me(t,s,i,v.uniforms,p,!1),me(t,f,i,v.uniforms,A,!0),se(t,s,f,i);else{var L=t.global.def("{}"),
z=i.shader.progVar.append(t,f),M=f.def(z,".id"),Q=f.def(L,"[",M,"]");f(t.shared.gl,".useProgram(",z,".program);","if(!",
Q,"){",Q,"=",L,"[",M,"]=",t.link(function(ne){return de(qe,t,i,ne,2)}),"(",z,");}",Q,".call(this,a0[",h,"],",h,");")}}function n(t,r){
var i=t.proc("batch",2);t.batchId="0",Se(t,i);var v=!1,d=!0;Object.keys(r.context).forEach(function(L){v=v||r.context[L].
propDep}),v||(Be(t,i,r.context),d=!1);var h=r.framebuffer,l=!1;h?(h.propDep?v=l=!0:h.contextDep&&v&&(l=!0),l||Oe(t,i,h)):
Oe(t,i,null),r.state.viewport&&r.state.viewport.propDep&&(v=!0);function o(L){return L.contextDep&&v||L.propDep}Ce(t,i,r),
Fe(t,i,r.state,function(L){return!o(L)}),(!r.profile||!o(r.profile))&&ce(t,i,r,!1,"a1"),r.contextDep=v,r.needsContext=d,
r.needsFramebuffer=l;var a=r.shader.progVar;if(a.contextDep&&v||a.propDep)lr(t,i,r,null);else{var s=a.append(t,i);if(i(t.
shared.gl,".useProgram(",s,".program);"),r.shader.program)lr(t,i,r,r.shader.program);else{i(t.shared.vao,".setVAO(null);");
var f=t.global.def("{}"),A=i.def(s,".id"),p=i.def(f,"[",A,"]");i(t.cond(p).then(p,".call(this,a0,a1);").else(p,"=",f,"[",
A,"]=",t.link(function(L){return de(lr,t,r,L,2)}),"(",s,");",p,".call(this,a0,a1);"))}}Object.keys(r.state).length>0&&i(
t.shared.current,".dirty=true;"),t.shared.vao&&i(t.shared.vao,".setVAO(null);")}function E(t,r){var i=t.proc("scope",3);
t.batchId="a2";var v=t.shared,d=v.current;Be(t,i,r.context),r.framebuffer&&r.framebuffer.append(t,i),oi(Object.keys(r.state)).
forEach(function(l){var o=r.state[l],a=o.append(t,i);Je(a)?a.forEach(function(s,f){i.set(t.next[l],"["+f+"]",s)}):i.set(
v.next,"."+l,a)}),ce(t,i,r,!0,!0),[xr,Zt,Lr,Jt,Sr].forEach(function(l){var o=r.draw[l];o&&i.set(v.draw,"."+l,""+o.append(
t,i))}),Object.keys(r.uniforms).forEach(function(l){var o=r.uniforms[l].append(t,i);Array.isArray(o)&&(o="["+o.join()+"]"),
i.set(v.uniforms,"["+u.id(l)+"]",o)}),Object.keys(r.attributes).forEach(function(l){var o=r.attributes[l].append(t,i),a=t.
scopeAttrib(l);Object.keys(new _).forEach(function(s){i.set(a,"."+s,o[s])})}),r.scopeVAO&&i.set(v.vao,".targetVAO",r.scopeVAO.
append(t,i));function h(l){var o=r.shader[l];o&&i.set(v.shader,"."+l,o.append(t,i))}h(nt),h(at),Object.keys(r.state).length>
0&&(i(d,".dirty=true;"),i.exit(d,".dirty=true;")),i("a1(",t.shared.context,",a0,",t.batchId,");")}function m(t){if(!(typeof t!=
"object"||Je(t))){for(var r=Object.keys(t),i=0;i<r.length;++i)if(ke.isDynamic(t[r[i]]))return!0;return!1}}function Z(t,r,i){
var v=r.static[i];if(!v||!m(v))return;var d=t.global,h=Object.keys(v),l=!1,o=!1,a=!1,s=t.global.def("{}");h.forEach(function(A){
var p=v[A];if(ke.isDynamic(p)){typeof p=="function"&&(p=v[A]=ke.unbox(p));var L=Pe(p,null);l=l||L.thisDep,a=a||L.propDep,
o=o||L.contextDep}else{switch(d(s,".",A,"="),typeof p){case"number":d(p);break;case"string":d('"',p,'"');break;case"obje\
ct":Array.isArray(p)&&d("[",p.join(),"]");break;default:d(t.link(p));break}d(";")}});function f(A,p){h.forEach(function(L){
var z=v[L];if(ke.isDynamic(z)){var M=A.invoke(p,z);p(s,".",L,"=",M,";")}})}r.dynamic[i]=new ke.DynamicVariable(et,{thisDep:l,
contextDep:o,propDep:a,ref:s,append:f}),delete r.static[i]}function _e(t,r,i,v,d){var h=ue();h.stats=h.link(d),Object.keys(
r.static).forEach(function(o){Z(h,r,o)}),Vu.forEach(function(o){Z(h,t,o)});var l=Ge(t,r,i,v,h);return Le(h,l),E(h,l),n(h,
l),Ae(h.compile(),{destroy:function(){l.shader.program.destroy()}})}return{next:U,current:$,procs:(function(){var t=ue(),
r=t.proc("poll"),i=t.proc("refresh"),v=t.block();r(v),i(v);var d=t.shared,h=d.gl,l=d.next,o=d.current;v(o,".dirty=false;"),
Oe(t,r),Oe(t,i,null,!0);var a;C&&(a=t.link(C)),c.oes_vertex_array_object&&i(t.link(c.oes_vertex_array_object),".bindVert\
exArrayOES(null);");for(var s=0;s<R.maxAttributes;++s){var f=i.def(d.attributes,"[",s,"]"),A=t.cond(f,".buffer");A.then(
h,".enableVertexAttribArray(",s,");",h,".bindBuffer(",wr,",",f,".buffer.buffer);",h,".vertexAttribPointer(",s,",",f,".si\
ze,",f,".type,",f,".normalized,",f,".stride,",f,".offset);").else(h,".disableVertexAttribArray(",s,");",h,".vertexAttrib\
4f(",s,",",f,".x,",f,".y,",f,".z,",f,".w);",f,".buffer=null;"),i(A),C&&i(a,".vertexAttribDivisorANGLE(",s,",",f,".diviso\
r);")}return i(t.shared.vao,".currentVAO=null;",t.shared.vao,".setVAO(",t.shared.vao,".targetVAO);"),Object.keys(S).forEach(
function(p){var L=S[p],z=v.def(l,".",p),M=t.block();M("if(",z,"){",h,".enable(",L,")}else{",h,".disable(",L,")}",o,".",p,
"=",z,";"),i(M),r("if(",z,"!==",o,".",p,"){",M,"}")}),Object.keys(T).forEach(function(p){var L=T[p],z=$[p],M,Q,ne=t.block();
if(ne(h,".",L,"("),Je(z)){var te=z.length;M=t.global.def(l,".",p),Q=t.global.def(o,".",p),ne(Ue(te,function(q){return M+
"["+q+"]"}),");",Ue(te,function(q){return Q+"["+q+"]="+M+"["+q+"];"}).join("")),r("if(",Ue(te,function(q){return M+"["+q+
"]!=="+Q+"["+q+"]"}).join("||"),"){",ne,"}")}else M=v.def(l,".",p),Q=v.def(o,".",p),ne(M,");",o,".",p,"=",M,";"),r("if(",
M,"!==",Q,"){",ne,"}");i(ne)}),t.compile()})(),compile:_e}}function ns(){return{vaoCount:0,bufferCount:0,elementsCount:0,
framebufferCount:0,shaderCount:0,textureCount:0,cubeCount:0,renderbufferCount:0,maxTextureUnits:0}}var as=34918,is=34919,
vi=35007,fs=function(e,u){if(!u.ext_disjoint_timer_query)return null;var c=[];function R(){return c.pop()||u.ext_disjoint_timer_query.
createQueryEXT()}function g(C){c.push(C)}var b=[];function x(C){var H=R();u.ext_disjoint_timer_query.beginQueryEXT(vi,H),
b.push(H),G(b.length-1,b.length,C)}function D(){u.ext_disjoint_timer_query.endQueryEXT(vi)}function k(){this.startQueryIndex=
-1,this.endQueryIndex=-1,this.sum=0,this.stats=null}var N=[];function ee(){return N.pop()||new k}function W(C){N.push(C)}
var X=[];function G(C,H,O){var $=ee();$.startQueryIndex=C,$.endQueryIndex=H,$.sum=0,$.stats=O,X.push($)}var F=[],_=[];function y(){
var C,H,O=b.length;if(O!==0){_.length=Math.max(_.length,O+1),F.length=Math.max(F.length,O+1),F[0]=0,_[0]=0;var $=0;for(C=
0,H=0;H<b.length;++H){var U=b[H];u.ext_disjoint_timer_query.getQueryObjectEXT(U,is)?($+=u.ext_disjoint_timer_query.getQueryObjectEXT(
U,as),g(U)):b[C++]=U,F[H+1]=$,_[H+1]=C}for(b.length=C,C=0,H=0;H<X.length;++H){var ae=X[H],S=ae.startQueryIndex,T=ae.endQueryIndex;
ae.sum+=F[T]-F[S];var j=_[S],B=_[T];B===j?(ae.stats.gpuTime+=ae.sum/1e6,W(ae)):(ae.startQueryIndex=j,ae.endQueryIndex=B,
X[C++]=ae)}X.length=C}}return{beginQuery:x,endQuery:D,pushScopeStats:G,update:y,getNumPendingQueries:function(){return b.
length},clear:function(){c.push.apply(c,b);for(var C=0;C<c.length;C++)u.ext_disjoint_timer_query.deleteQueryEXT(c[C]);b.
length=0,c.length=0},restore:function(){b.length=0,c.length=0}}},us=16384,ss=256,ls=1024,os=34962,di="webglcontextlost",
hi="webglcontextrestored",_i=1,cs=2,vs=3;function pi(e,u){for(var c=0;c<e.length;++c)if(e[c]===u)return c;return-1}function ds(e){
var u=Ri(e);if(!u)return null;var c=u.gl,R=c.getContextAttributes(),g=c.isContextLost(),b=Oi(c,u);if(!b)return null;var x=Ti(),
D=ns(),k=b.extensions,N=fs(c,k),ee=Rn(),W=c.drawingBufferWidth,X=c.drawingBufferHeight,G={tick:0,time:0,viewportWidth:W,
viewportHeight:X,framebufferWidth:W,framebufferHeight:X,drawingBufferWidth:W,drawingBufferHeight:X,pixelRatio:u.pixelRatio},
F={},_={elements:null,primitive:4,count:-1,offset:0,instances:-1},y=_f(c,k),C=Gf(c,D,u,$),H=Hf(c,k,C,D),O=Cu(c,k,y,D,C,H,
_);function $(se){return O.destroyBuffer(se)}var U=Bu(c,x,D,u),ae=yu(c,k,y,function(){j.procs.poll()},G,D,u),S=Tu(c,k,y,
D,u),T=wu(c,k,y,ae,S,D),j=ts(c,x,k,y,C,H,ae,T,F,O,U,_,G,N,u),B=Pu(c,T,j.procs.poll,G,R,k,y),w=j.next,V=c.canvas,P=[],le=[],
ue=[],I=[u.onDestroy],Y=null;function oe(){if(P.length===0){N&&N.update(),Y=null;return}Y=lt.next(oe),Fe();for(var se=P.
length-1;se>=0;--se){var de=P[se];de&&de(G,null,0)}c.flush(),N&&N.update()}function ie(){!Y&&P.length>0&&(Y=lt.next(oe))}
function ve(){Y&&(lt.cancel(oe),Y=null)}function xe(se){se.preventDefault(),g=!0,ve(),le.forEach(function(de){de()})}function we(se){
c.getError(),g=!1,b.restore(),U.restore(),C.restore(),ae.restore(),S.restore(),T.restore(),O.restore(),N&&N.restore(),j.
procs.refresh(),ie(),ue.forEach(function(de){de()})}V&&(V.addEventListener(di,xe,!1),V.addEventListener(hi,we,!1));function he(){
P.length=0,ve(),V&&(V.removeEventListener(di,xe),V.removeEventListener(hi,we)),U.clear(),T.clear(),S.clear(),O.clear(),ae.
clear(),H.clear(),C.clear(),N&&N.clear(),I.forEach(function(se){se()})}function De(se){function de(d){var h=Ae({},d);delete h.
uniforms,delete h.attributes,delete h.context,delete h.vao,"stencil"in h&&h.stencil.op&&(h.stencil.opBack=h.stencil.opFront=
h.stencil.op,delete h.stencil.op);function l(o){if(o in h){var a=h[o];delete h[o],Object.keys(a).forEach(function(s){h[o+
"."+s]=a[s]})}}return l("blend"),l("depth"),l("cull"),l("stencil"),l("polygonOffset"),l("scissor"),l("sample"),"vao"in d&&
(h.vao=d.vao),h}function pe(d,h){var l={},o={};return Object.keys(d).forEach(function(a){var s=d[a];if(ke.isDynamic(s)){
o[a]=ke.unbox(s,a);return}else if(h&&Array.isArray(s)){for(var f=0;f<s.length;++f)if(ke.isDynamic(s[f])){o[a]=ke.unbox(s,
a);return}}l[a]=s}),{dynamic:o,static:l}}var Le=pe(se.context||{},!0),qe=pe(se.uniforms||{},!0),lr=pe(se.attributes||{},
!1),n=pe(de(se),!1),E={gpuTime:0,cpuTime:0,count:0},m=j.compile(n,lr,qe,Le,E),Z=m.draw,_e=m.batch,t=m.scope,r=[];function i(d){
for(;r.length<d;)r.push(null);return r}function v(d,h){var l;if(typeof d=="function")return t.call(this,null,d,0);if(typeof h==
"function")if(typeof d=="number")for(l=0;l<d;++l)t.call(this,null,h,l);else if(Array.isArray(d))for(l=0;l<d.length;++l)t.
call(this,d[l],h,l);else return t.call(this,d,h,0);else if(typeof d=="number"){if(d>0)return _e.call(this,i(d|0),d|0)}else if(Array.
isArray(d)){if(d.length)return _e.call(this,d,d.length)}else return Z.call(this,d)}return Ae(v,{stats:E,destroy:function(){
m.destroy()}})}var Ee=T.setFBO=De({framebuffer:ke.define.call(null,_i,"framebuffer")});function Ge(se,de){var pe=0;j.procs.
poll();var Le=de.color;Le&&(c.clearColor(+Le[0]||0,+Le[1]||0,+Le[2]||0,+Le[3]||0),pe|=us),"depth"in de&&(c.clearDepth(+de.
depth),pe|=ss),"stencil"in de&&(c.clearStencil(de.stencil|0),pe|=ls),c.clear(pe)}function Be(se){if("framebuffer"in se)if(se.
framebuffer&&se.framebuffer_reglType==="framebufferCube")for(var de=0;de<6;++de)Ee(Ae({framebuffer:se.framebuffer.faces[de]},
se),Ge);else Ee(se,Ge);else Ge(null,se)}function Oe(se){P.push(se);function de(){var pe=pi(P,se);function Le(){var qe=pi(
P,Le);P[qe]=P[P.length-1],P.length-=1,P.length<=0&&ve()}P[pe]=Le}return ie(),{cancel:de}}function Ce(){var se=w.viewport,
de=w.scissor_box;se[0]=se[1]=de[0]=de[1]=0,G.viewportWidth=G.framebufferWidth=G.drawingBufferWidth=se[2]=de[2]=c.drawingBufferWidth,
G.viewportHeight=G.framebufferHeight=G.drawingBufferHeight=se[3]=de[3]=c.drawingBufferHeight}function Fe(){G.tick+=1,G.time=
ce(),Ce(),j.procs.poll()}function Se(){ae.refresh(),Ce(),j.procs.refresh(),N&&N.update()}function ce(){return(Rn()-ee)/1e3}
Se();function Ne(se,de){var pe;switch(se){case"frame":return Oe(de);case"lost":pe=le;break;case"restore":pe=ue;break;case"\
destroy":pe=I;break;default:}return pe.push(de),{cancel:function(){for(var Le=0;Le<pe.length;++Le)if(pe[Le]===de){pe[Le]=
pe[pe.length-1],pe.pop();return}}}}var me=Ae(De,{clear:Be,prop:ke.define.bind(null,_i),context:ke.define.bind(null,cs),this:ke.
define.bind(null,vs),draw:De({}),buffer:function(se){return C.create(se,os,!1,!1)},elements:function(se){return H.create(
se,!1)},texture:ae.create2D,cube:ae.createCube,renderbuffer:S.create,framebuffer:T.create,framebufferCube:T.createCube,vao:O.
createVAO,attributes:R,frame:Oe,on:Ne,limits:y,hasExtension:function(se){return y.extensions.indexOf(se.toLowerCase())>=
0},read:B,destroy:he,_gl:c,_refresh:Se,poll:function(){Fe(),N&&N.update()},now:ce,stats:D});return u.onDone(null,me),me}
return ds}))});return _s();})();
